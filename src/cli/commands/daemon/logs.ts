import { daemonLog, type DaemonContext } from '../../../session/daemon.ts';
import { DaemonCommand } from '../../daemon-command.ts';
import { Command, Option } from '../../library.ts';

/** `ct daemon logs` */
export default class DaemonLogsCommand extends DaemonCommand {
  static override paths = [['daemon', 'logs']];
  static override usage = Command.Usage({
    category: 'Service',
    description: 'Show what the service has written down',
    details:
      'It is in `~/.local/state/ct/logs/daemon.log`, readable by you alone, and begins anew at 1 MiB.',
    examples: [['As it happens', '$0 daemon logs -f']],
  });

  follow = Option.Boolean('-f,--follow', false, { description: 'go on until interrupted' });

  protected override async act(context: DaemonContext): Promise<number> {
    const { followFile } = await import('../../../host/follow-file.ts');
    const { stdout } = this.context;
    await followFile(daemonLog(context), (text) => void stdout.write(text), this.follow);
    return 0;
  }
}
