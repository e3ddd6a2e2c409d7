import type { ServiceFile } from '../../../daemon/install.ts';
import type { DaemonContext } from '../../../session/daemon.ts';
import { DaemonCommand } from '../../daemon-command.ts';
import { Command, Option } from '../../library.ts';

/** `ct daemon install` */
export default class DaemonInstallCommand extends DaemonCommand {
  static override paths = [['daemon', 'install']];
  static override usage = Command.Usage({
    category: 'Service',
    description: 'Have your systemd start the service when it is needed',
    details: `
      Writes \`ct.socket\` and \`ct.service\` for your account and enables the socket; nothing of it needs root.
      Doing it again brings them up to date. Without systemd there is nothing to install: the service is
      started when it is needed.
    `,
    examples: [['What would be written?', '$0 daemon install --dry-run']],
  });

  dryRun = Option.Boolean('--dry-run', false, {
    description: 'print the files, and write nothing',
  });
  launchd = Option.Boolean('--launchd', false, {
    description: 'print what launchd of macOS needs instead',
  });

  protected override async act(context: DaemonContext): Promise<number> {
    const { install, isLingering, launchdFile, unitFiles } =
      await import('../../../daemon/install.ts');
    if (this.launchd) return this.#print([launchdFile(context)]);
    if (this.dryRun) return this.#print(unitFiles(context));
    const changed = await install(context);
    const { report } = context;
    for (const path of changed) report.note(`written: ${path}`);
    report.note('your systemd starts the service when it is needed');
    if (!isLingering()) {
      report.note('sessions and the service end when you log out: loginctl enable-linger');
    }
    return 0;
  }

  #print(files: readonly ServiceFile[]): number {
    for (const { path, text } of files) this.context.stdout.write(`# ${path}\n${text}\n`);
    return 0;
  }
}
