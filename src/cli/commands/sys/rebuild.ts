import { Command } from '../../library.ts';
import { CtCommand } from '../../command.ts';
import { refuseRoot } from '../../root.ts';

/** `ct sys rebuild`: the image from nothing. */
export default class SysRebuildCommand extends CtCommand {
  static override paths = [['sys', 'rebuild']];
  static override usage = Command.Usage({
    category: 'Setting up',
    description: 'Make the image again from nothing: its base, ct on it, and your Debian packages',
    details: `
      Takes as long as the first time. The image that is there stays in use until the new one is whole.
      Agents and the programs of packages.toml are not touched; \`ct sys update\` is for those.
    `,
    examples: [['With the security updates of its base', '$0 sys rebuild']],
  });

  override async run(): Promise<number> {
    await refuseRoot(this.context.uid, ['sys', 'rebuild']);
    await this.withSessions(async (context) => {
      const { rebuildImage } = await import('../../../session/update-all.ts');
      await rebuildImage(context);
    });
    return 0;
  }
}
