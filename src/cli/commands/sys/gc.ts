import { Command, Option } from '../../library.ts';
import { EXIT } from '../../../base/exit.ts';
import { CtCommand } from '../../command.ts';
import { refuseRoot } from '../../root.ts';

/** `ct sys gc`: what nobody uses goes. */
export default class SysGcCommand extends CtCommand {
  static override paths = [['sys', 'gc']];
  static override usage = Command.Usage({
    category: 'Setting up',
    description: 'Remove old images, old versions and caches',
    details: `
      Only what this installation of ct made and nobody uses; homes, logins, configuration and secrets are
      never touched. While sessions run, what they may have begun with stays.
    `,
    examples: [['What would go?', '$0 sys gc --dry-run']],
  });

  dryRun = Option.Boolean('--dry-run', false, { description: 'show it, and remove nothing' });
  json = Option.Boolean('--json', false, { description: 'as JSON' });

  protected override get wantsJson(): boolean {
    return this.json;
  }

  override async run(): Promise<number> {
    await refuseRoot(this.context.uid, ['sys', 'gc']);
    const report = await this.withSessions(async (context) => {
      const { collectGarbage } = await import('../../../session/garbage.ts');
      return collectGarbage(context, { dryRun: this.dryRun });
    });
    (await this.openOutput()).garbage(report);
    return report.stays.length > 0 ? EXIT.answerIsNo : EXIT.done;
  }
}
