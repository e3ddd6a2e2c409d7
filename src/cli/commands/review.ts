import { Command, Option } from '../library.ts';
import { CtCommand } from '../command.ts';

/** `ct review`: what sessions did to files that the host executes. */
export default class ReviewCommand extends CtCommand {
  static override paths = [['review']];
  static override usage = Command.Usage({
    category: 'Sessions',
    description: 'Show what the host may execute and a session has changed',
    details: `
      Compares the directory (this one, if none is named) with what it was when its newest session began:
      build files, scripts of packages, hooks, settings of editors and agents, CI jobs, executables. The
      same is told in short at the end of each session.

      The exit status is 0 when nothing changed and 1 when something did.
    `,
    examples: [
      ['After a session', '$0 review'],
      ['For a program', '$0 review --json ~/work/app'],
    ],
  });

  session = Option.String('--session', {
    description: 'since this session began, not the newest',
  });
  json = Option.Boolean('--json', false, { description: 'as JSON' });
  directory = Option.String({ name: 'directory', required: false });

  protected override get wantsJson(): boolean {
    return this.json;
  }

  override async run(): Promise<number> {
    const wish = { dir: this.directory, session: this.session };
    const result = await this.withSessions(async (context) => {
      const { reviewProject } = await import('../../session/review.ts');
      return reviewProject(wish, context);
    });
    const output = await this.openOutput();
    await output.review(result);
    return result.changes.length === 0 ? 0 : 1;
  }
}
