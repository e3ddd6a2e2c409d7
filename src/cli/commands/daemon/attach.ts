import { CtCommand } from '../../command.ts';
import { Command, Option } from '../../library.ts';
import { refuseRoot } from '../../root.ts';

/** `ct daemon attach` */
export default class DaemonAttachCommand extends CtCommand {
  static override paths = [['daemon', 'attach']];
  static override usage = Command.Usage({
    category: 'Service',
    description: 'Open a shell in the warm session of this directory',
    details: `
      The session that the service keeps for runs in this directory (\`[daemon] auto_start\`). The agent is needed
      only where several have one. While the shell is open, runs start cold.
    `,
    examples: [['What did the last run leave?', '$0 daemon attach gemini']],
  });

  agent = Option.String({ name: 'agent', required: false });

  override async run(): Promise<number> {
    const { agent } = this;
    await refuseRoot(this.context.uid, [...this.path, ...(agent === undefined ? [] : [agent])]);
    return this.withSessions(async (context) => {
      const { attachWarm } = await import('../../../session/warm/attach.ts');
      return attachWarm(agent, context);
    });
  }
}
