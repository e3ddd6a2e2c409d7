import { Command, Option } from '../../../library.ts';
import { CtCommand } from '../../../command.ts';

/** `ct sys seccomp show`: what a profile says of each call; also checks a file of the user's. */
export default class SysSeccompShowCommand extends CtCommand {
  static override paths = [['sys', 'seccomp', 'show']];
  static override usage = Command.Usage({
    category: 'Setting up',
    description: 'Show what a seccomp profile says of each system call',
    details: `
      PROFILE is a name or, with a / in it, the path of a file, which is checked as \`ct run\` would.
    `,
    examples: [['A file of yours', '$0 sys seccomp show ./mine.json']],
  });

  json = Option.Boolean('--json', false, { description: 'as JSON' });
  profile = Option.String({ name: 'profile' });

  protected override get wantsJson(): boolean {
    return this.json;
  }

  override async run(): Promise<number> {
    const { viewProfile } = await import('../../../../session/seccomp-views.ts');
    (await this.openOutput()).seccompProfile(viewProfile(this.profile));
    return 0;
  }
}
