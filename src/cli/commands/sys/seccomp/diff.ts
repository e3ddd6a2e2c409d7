import { Command, Option } from '../../../library.ts';
import { EXIT } from '../../../../base/exit.ts';
import { CtCommand } from '../../../command.ts';

/** `ct sys seccomp diff`: what two profiles say differently. */
export default class SysSeccompDiffCommand extends CtCommand {
  static override paths = [['sys', 'seccomp', 'diff']];
  static override usage = Command.Usage({
    category: 'Setting up',
    description: 'Show what two seccomp profiles say differently',
    details: `
      Each is a name or, with a / in it, the path of a file. Exits with 1 when they differ, as
      diff(1) does, with 0 when they are the same.
    `,
    examples: [['What a browser needs more', '$0 sys seccomp diff default browser']],
  });

  json = Option.Boolean('--json', false, { description: 'as JSON' });
  first = Option.String({ name: 'first' });
  second = Option.String({ name: 'second' });

  protected override get wantsJson(): boolean {
    return this.json;
  }

  override async run(): Promise<number> {
    const { diffProfiles } = await import('../../../../session/seccomp-views.ts');
    const differences = diffProfiles(this.first, this.second);
    (await this.openOutput()).seccompDiff([this.first, this.second], differences);
    return differences.length > 0 ? EXIT.answerIsNo : EXIT.done;
  }
}
