import { Command, Option } from '../../../library.ts';
import { CtCommand } from '../../../command.ts';

/** `ct sys seccomp list`: the profiles that there are. */
export default class SysSeccompListCommand extends CtCommand {
  static override paths = [['sys', 'seccomp', 'list']];
  static override usage = Command.Usage({
    category: 'Setting up',
    description: 'List the seccomp profiles',
    details: `
      A profile says which system calls programs in a session may use: \`ct run --seccomp NAME\`.
    `,
    examples: [['As data', '$0 sys seccomp list --json']],
  });

  json = Option.Boolean('--json', false, { description: 'as JSON' });

  protected override get wantsJson(): boolean {
    return this.json;
  }

  override async run(): Promise<number> {
    const { viewProfiles } = await import('../../../../session/seccomp-views.ts');
    const list = viewProfiles().map(({ name, summary, digest }) => ({ name, summary, digest }));
    (await this.openOutput()).seccompProfiles(list);
    return 0;
  }
}
