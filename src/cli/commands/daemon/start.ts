import type { DaemonContext } from '../../../session/daemon.ts';
import { DaemonCommand } from '../../daemon-command.ts';
import { Command } from '../../library.ts';

/** `ct daemon start` */
export default class DaemonStartCommand extends DaemonCommand {
  static override paths = [['daemon', 'start']];
  static override usage = Command.Usage({
    category: 'Service',
    description: 'Start the service that looks after sessions',
    details: `
      One for each account. Every command works without it; it keeps the networks of sessions when their
      commands have ended. It leaves when it has had nothing to do for a while (\`[daemon] idle_exit\`).
    `,
    examples: [['Now, not when it is needed', '$0 daemon start']],
  });

  protected override async act(context: DaemonContext): Promise<number> {
    const { startDaemon } = await import('../../../session/daemon.ts');
    const { status, isNew } = await startDaemon(context);
    const what = isNew ? 'the service has started' : 'the service runs already';
    context.report.note(`${what}: pid ${status.pid}, ct ${status.ct}`);
    return 0;
  }
}
