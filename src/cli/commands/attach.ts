import { Command, Option } from '../library.ts';
import { CtCommand } from '../command.ts';
import { refuseRoot } from '../root.ts';

/** `ct attach`: the terminal of a session that runs already. */
export default class AttachCommand extends CtCommand {
  static override paths = [['attach']];
  static override usage = Command.Usage({
    category: 'Sessions',
    description: "Connect to a running session's terminal",
    details: `
      What was written before is not shown: ct keeps no output of detached sessions. The exit status is the
      session's own if it ends while you are connected.

      Every key goes to the agent: Ctrl-C, Ctrl-D and \`exit\` too, so no key leaves. Close the terminal,
      or end \`ct attach\` with \`kill\` from another one: the session goes on, and can be attached to again.
    `,
    examples: [["By the beginning of its id, from 'ct ps'", '$0 attach 4f2a']],
  });

  session = Option.String({ name: 'session' });

  override async run(): Promise<number> {
    await refuseRoot(this.context.uid, ['attach', this.session]);
    return this.withSessions(async (context) => {
      const { attachSession } = await import('../../session/attach.ts');
      return attachSession(this.session, context);
    });
  }
}
