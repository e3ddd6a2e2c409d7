import { Command, Option } from '../library.ts';
import { CtError } from '../../base/errors.ts';
import { CtCommand } from '../command.ts';
import { dropSeparator } from '../options/words.ts';
import { refuseRoot } from '../root.ts';

/** `ct exec`: one more program in a running session. */
export default class ExecCommand extends CtCommand {
  static override paths = [['exec']];
  static override rest = '<command> [arguments]';
  static override usage = Command.Usage({
    category: 'Sessions',
    description: 'Run a program in a running session',
    details: `
      The program runs beside the agent, with the same rights and in the same directory. Its exit
      status is that of the command; 126 if it cannot be executed, 127 if it does not exist.
    `,
    examples: [['What has it changed?', '$0 exec 3f2a -- git status']],
  });

  session = Option.String({ name: 'session' });
  args = Option.Proxy({ name: 'command' });

  override async run(): Promise<number> {
    const args = dropSeparator(this.args);
    if (args.length === 0) {
      throw new CtError('invalid_argument', 'ct exec: the program to run is missing', {
        hint: 'usage: ct exec <session> [--] <command> [arguments]',
      });
    }
    await refuseRoot(this.context.uid, ['exec', this.session, ...this.args]);
    return this.withSessions(async (context) => {
      const { execInSession } = await import('../../session/exec.ts');
      return execInSession({ selector: this.session, args }, context);
    });
  }
}
