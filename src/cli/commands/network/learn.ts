import { PLAIN_RUN, type RunOptions } from '../../../plan/options.ts';
import { CtCommand } from '../../command.ts';
import { Command, Option } from '../../library.ts';
import { dropSeparator } from '../../options/words.ts';

/** `ct network learn` */
export default class LearnCommand extends CtCommand {
  static override paths = [['network', 'learn']];
  static override rest = '[arguments]';
  static override usage = Command.Usage({
    category: 'Network',
    description: 'Find out which rules an agent needs, by watching one session',
    details: `
      Runs the agent as \`ct run\` does, in a strict network that lets pass what no rule allows, and
      says at the end which rules would have been needed. What is blocked stays blocked, and so do this
      host, its cloud and private addresses.

      With \`--shadow\` it says only what strict would have denied. Of a session that was not watched,
      \`ct network log --rules\` says the same from its log.
    `,
    examples: [['Watch an agent', '$0 network learn gemini']],
  });

  shadow = Option.Boolean('--shadow', false, {
    description: 'say only what strict would have denied',
  });
  json = Option.Boolean('--json', false, { description: 'errors of ct as JSON' });
  agent = Option.String({ name: 'agent' });
  args = Option.Proxy({ name: 'args' });

  protected override get wantsJson(): boolean {
    return this.json;
  }

  override async run(): Promise<number> {
    const options: RunOptions = {
      ...PLAIN_RUN,
      agent: this.agent,
      args: dropSeparator(this.args),
      network: 'strict',
      record: this.shadow ? 'shadow' : 'learn',
    };
    const { performRun } = await import('../../perform-run.ts');
    const { env, uid, stdout, stderr } = this.context;
    const words = ['network', 'learn', this.agent, ...this.args];
    return performRun(
      { options, dryRun: false, words },
      { env, uid, stdout, stderr, report: this.openReport(), terminal: undefined },
    );
  }
}
