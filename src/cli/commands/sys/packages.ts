import { Command, Option } from '../../library.ts';
import { EXIT } from '../../../base/exit.ts';
import { CtCommand } from '../../command.ts';
import { refuseRoot } from '../../root.ts';

/** `ct sys packages`: what packages.toml asks for, and what there is of it. */
export default class SysPackagesCommand extends CtCommand {
  static override paths = [['sys', 'packages']];
  static override usage = Command.Usage({
    category: 'Setting up',
    description: 'List what packages.toml asks for, or install it',
    details: `
      Debian packages become a layer of the image; packages of npm, pip, cargo and gems go into the packages
      volume, which sessions cannot write to. A package that fails is listed with its reason and does not
      keep the others out. Sessions begin to use what was installed when all of it was looked at, in one step;
      those that run go on with what they began with.

      With \`--install\` the exit status is 1 when something is missing at the end.
    `,
    examples: [
      ['What is there?', '$0 sys packages'],
      ['Make it so', '$0 sys packages --install'],
    ],
  });

  install = Option.Boolean('--install', false, { description: 'install what is missing' });
  json = Option.Boolean('--json', false, { description: 'as JSON' });

  protected override get wantsJson(): boolean {
    return this.json;
  }

  override async run(): Promise<number> {
    if (this.install) await refuseRoot(this.context.uid, ['sys', 'packages', '--install']);
    const report = await this.withSessions(async (context) => {
      const { installPackages, listPackages } =
        await import('../../../session/install-packages.ts');
      return this.install ? installPackages(context, { update: false }) : listPackages(context);
    });
    (await this.openOutput()).packages(report);
    const isWhole = report.packages.every(({ state }) => state !== 'missing');
    return this.install && !isWhole ? EXIT.answerIsNo : EXIT.done;
  }
}
