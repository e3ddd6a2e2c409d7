import type { DaemonContext } from '../../../session/daemon.ts';
import { DaemonCommand } from '../../daemon-command.ts';
import { Command } from '../../library.ts';

/** `ct daemon restart` */
export default class DaemonRestartCommand extends DaemonCommand {
  static override paths = [['daemon', 'restart']];
  static override usage = Command.Usage({
    category: 'Service',
    description: 'Put a service of this version in the place of the one that runs; sessions go on',
    details: `
      This is how a new version of ct takes over. The networks of sessions are served again within a moment;
      connections that they have open end.
    `,
    examples: [['After an update', '$0 daemon restart']],
  });

  protected override async act(context: DaemonContext): Promise<number> {
    const { restartDaemon } = await import('../../../daemon/control.ts');
    const { pid, ct } = await restartDaemon(context);
    context.report.note(`the service has started: pid ${pid}, ct ${ct}`);
    return 0;
  }
}
