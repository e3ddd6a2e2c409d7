import type { DaemonContext } from '../../../session/daemon.ts';
import { DaemonCommand } from '../../daemon-command.ts';
import { Command } from '../../library.ts';

/** `ct daemon stop` */
export default class DaemonStopCommand extends DaemonCommand {
  static override paths = [['daemon', 'stop']];
  static override usage = Command.Usage({
    category: 'Service',
    description: 'Stop the service; sessions go on',
    details: `
      Whoever runs a session in the foreground serves its network from then on; for detached sessions a process
      is started that does. Connections that sessions have open end. What the service keeps ready or warm and no run
      is in ends with it.
    `,
    examples: [['Without it', '$0 daemon stop']],
  });

  protected override async act(context: DaemonContext): Promise<number> {
    const { stopDaemon } = await import('../../../daemon/control.ts');
    const wasThere = await stopDaemon(context);
    context.report.note(wasThere ? 'the service has stopped' : 'the service does not run');
    return 0;
  }
}
