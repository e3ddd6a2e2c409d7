import { Command, Option } from '../../library.ts';
import { CtError } from '../../../base/errors.ts';
import { EXIT } from '../../../base/exit.ts';
import { CtCommand } from '../../command.ts';
import { refuseRoot } from '../../root.ts';
import type { ResetStep } from '../../../session/reset.ts';

/** `ct sys reset`: back to before the first run. */
export default class SysResetCommand extends CtCommand {
  static override paths = [['sys', 'reset']];
  static override usage = Command.Usage({
    category: 'Setting up',
    description: 'Remove what ct made and can make again: images, agents, packages, caches',
    details: `
      Says what goes and asks. Configuration, secrets and what you answered stay; the agents' homes, with
      their logins and history, only go with \`--homes\`. The next run makes image and agent anew, and
      \`ct sys packages --install\` the rest.
    `,
    examples: [
      ['Ask first', '$0 sys reset'],
      ['In a script', '$0 sys reset --yes'],
    ],
  });

  homes = Option.Boolean('--homes', false, {
    description: "the agents' homes too: settings, logins, history",
  });
  yes = Option.Boolean('-y,--yes', false, { description: 'do not ask' });

  override async run(): Promise<number> {
    await refuseRoot(this.context.uid, ['sys', 'reset']);
    return this.withSessions(async (context) => {
      const { planReset, reset } = await import('../../../session/reset.ts');
      const steps = await planReset(context, { homes: this.homes });
      const { note } = context.report;
      for (const { what } of steps) note(`goes: ${what}`);
      if (!this.yes && !(await this.#isMeant(steps))) {
        note('nothing was removed');
        return EXIT.answerIsNo;
      }
      await reset(steps, context);
      return EXIT.done;
    });
  }

  async #isMeant(steps: readonly ResetStep[]): Promise<boolean> {
    if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) {
      throw new CtError(
        'failed_precondition',
        'there is no terminal to ask on; nothing was removed',
        {
          hint: 'to go on without a question, type: ct sys reset --yes',
        },
      );
    }
    const { askYesNo } = await import('../../../host/prompt.ts');
    return askYesNo(`remove these ${steps.length}?`);
  }
}
