import type { DaemonContext } from '../../../session/daemon.ts';
import { DaemonCommand } from '../../daemon-command.ts';
import { Command, Option } from '../../library.ts';

/** `ct daemon uninstall` */
export default class DaemonUninstallCommand extends DaemonCommand {
  static override paths = [['daemon', 'uninstall']];
  static override usage = Command.Usage({
    category: 'Service',
    description: 'Take the service away from your systemd; sessions go on',
    details: 'Stops it, and removes the units that `ct daemon install` wrote.',
    examples: [['What would go?', '$0 daemon uninstall --dry-run']],
  });

  dryRun = Option.Boolean('--dry-run', false, { description: 'print what would go' });

  protected override async act(context: DaemonContext): Promise<number> {
    const { installedFiles, uninstall } = await import('../../../daemon/install.ts');
    if (this.dryRun) {
      for (const path of installedFiles(context)) this.context.stdout.write(`${path}\n`);
      return 0;
    }
    const gone = await uninstall(context);
    for (const path of gone) context.report.note(`removed: ${path}`);
    if (gone.length === 0) context.report.note('the service is not installed');
    return 0;
  }
}
