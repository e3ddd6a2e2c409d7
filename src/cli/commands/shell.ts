import { Command, Option } from '../library.ts';
import { CtCommand } from '../command.ts';
import { refuseRoot } from '../root.ts';

/** `ct shell`: a shell in a running session, or in a session of its own. */
export default class ShellCommand extends CtCommand {
  static override paths = [['shell']];
  static override usage = Command.Usage({
    category: 'Sessions',
    description: 'Open a shell in a session, or in a new one',
    details: `
      With a session, a shell beside the agent at work there. Without one, a new session in this
      directory that runs a shell instead of an agent.
    `,
    examples: [
      ['Look around where agents live', '$0 shell'],
      ['Look over the shoulder of a running agent', '$0 shell 3f2a'],
    ],
  });

  session = Option.String({ name: 'session', required: false });

  override async run(): Promise<number> {
    const { session: selector } = this;
    await refuseRoot(this.context.uid, ['shell', ...(selector === undefined ? [] : [selector])]);
    return this.withSessions(async (context) => {
      if (selector === undefined) {
        const { runSession } = await import('../../session/start.ts');
        const { PLAIN_RUN } = await import('../../plan/options.ts');
        return (await runSession({ ...PLAIN_RUN, agent: 'shell' }, context)).status;
      }
      const { execInSession } = await import('../../session/exec.ts');
      return execInSession({ selector, args: ['/bin/bash', '-l'] }, context);
    });
  }
}
