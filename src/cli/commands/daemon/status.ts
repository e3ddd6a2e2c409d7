import type { DaemonContext } from '../../../session/daemon.ts';
import { DaemonCommand } from '../../daemon-command.ts';
import { Command, Option } from '../../library.ts';

/** A program that is not running, for init scripts and systemctl. Source: LSB 5 "Init Script Actions" */
const NOT_RUNNING = 3;

/** `ct daemon status` */
export default class DaemonStatusCommand extends DaemonCommand {
  static override paths = [['daemon', 'status']];
  static override usage = Command.Usage({
    category: 'Service',
    description: 'Show the service: process, version, memory, sessions',
    details: 'Exit status 3 when it does not run. Asking never starts it.',
    examples: [['For a script', '$0 daemon status --json']],
  });

  json = Option.Boolean('--json', false, { description: 'as JSON' });

  protected override get wantsJson(): boolean {
    return this.json;
  }

  protected override async act(context: DaemonContext): Promise<number> {
    const { daemonState } = await import('../../../session/daemon.ts');
    const { hasUnits } = await import('../../../host/user-manager.ts');
    const status = await daemonState(context);
    const isInstalled = hasUnits(context);
    (await this.openOutput()).daemon({ status: status ?? null, isInstalled });
    return status === undefined ? NOT_RUNNING : 0;
  }
}
