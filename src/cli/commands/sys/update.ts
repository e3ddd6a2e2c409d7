import { Command, Option } from '../../library.ts';
import { EXIT } from '../../../base/exit.ts';
import { CtCommand } from '../../command.ts';
import { refuseRoot } from '../../root.ts';

/** `ct sys update`: everything inside in its newest version. */
export default class SysUpdateCommand extends CtCommand {
  static override paths = [['sys', 'update']];
  static override usage = Command.Usage({
    category: 'Setting up',
    description: 'Update Debian packages, the programs of packages.toml and agents',
    details: `
      What is there stays in use until the new one was looked at; an update that is interrupted changes
      nothing. Versions that packages.toml names and agents that are pinned stay. Exits with 1 when something
      could not be updated; it is listed with its reason.
    `,
    examples: [['Everything in its newest version', '$0 sys update']],
  });

  json = Option.Boolean('--json', false, { description: 'as JSON' });

  protected override get wantsJson(): boolean {
    return this.json;
  }

  override async run(): Promise<number> {
    await refuseRoot(this.context.uid, ['sys', 'update']);
    const report = await this.withSessions(async (context) => {
      const { updateAll } = await import('../../../session/update-all.ts');
      return updateAll(context);
    });
    (await this.openOutput()).updated(report);
    const hasFailed =
      report.failedAgents.length > 0 || report.packages.some(({ reason }) => reason !== null);
    return hasFailed ? EXIT.answerIsNo : EXIT.done;
  }
}
