import { CtError } from '../../../base/errors.ts';
import type { RunOptions } from '../../../plan/options.ts';
import { CtCommand } from '../../command.ts';
import { Command, Option } from '../../library.ts';
import { dropSeparator } from '../../options/words.ts';

/** `ct network learn` */
export default class LearnCommand extends CtCommand {
  static override paths = [['network', 'learn']];
  static override usage = Command.Usage({
    category: 'Network',
    description: 'Find out which rules an agent needs, by watching one session',
    details: `
      Runs the agent as \`ct run\` does, in a strict network that lets pass what no rule allows, and
      says at the end which rules would have been needed. What is blocked stays blocked, and so do this
      host, its cloud and private addresses.

      With \`--shadow\` it says only what strict would have denied. With \`--session\` nothing is run:
      the log of a session says what it would have needed.
    `,
    examples: [
      ['Watch an agent', '$0 network learn gemini'],
      ['From a log', '$0 network learn --session 3f2a'],
    ],
  });

  shadow = Option.Boolean('--shadow', false, {
    description: 'say only what strict would have denied',
  });
  session = Option.String('--session', { description: 'learn from the log of this session' });
  json = Option.Boolean('--json', false, { description: 'with --session: as JSON' });
  words = Option.Proxy({ name: 'agent' });

  protected override get wantsJson(): boolean {
    return this.json;
  }

  override async run(): Promise<number> {
    const [agent, ...args] = this.words;
    if ((agent === undefined) === (this.session === undefined)) {
      throw new CtError('invalid_argument', 'ct network learn: name an agent or give --session', {
        hint: 'for example:  ct network learn gemini',
      });
    }
    if (agent !== undefined) return this.#watch(agent, dropSeparator(args));
    const lesson = await this.withSessions(async (context) => {
      const log = await import('../../../session/network-log.ts');
      const { lessonOf } = await import('../../../session/network-lesson.ts');
      return lessonOf(
        log.readNetworkLog(log.loggedSession(this.session, context), context),
        context,
      );
    });
    (await this.openOutput()).networkLesson(lesson, this.shadow ? 'shadow' : 'learn');
    return 0;
  }

  async #watch(agent: string, args: readonly string[]): Promise<number> {
    const record = this.shadow ? 'shadow' : 'learn';
    const options: RunOptions = { agent, args, detach: false, network: 'strict', record };
    const { performRun } = await import('../../perform-run.ts');
    const { env, uid, stdout } = this.context;
    const words = ['network', 'learn', ...this.words];
    return performRun(
      { options, dryRun: false, words },
      { env, uid, stdout, report: this.openReport() },
    );
  }
}
