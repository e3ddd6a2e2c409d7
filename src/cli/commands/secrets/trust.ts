import { Command, Option } from '../../library.ts';
import { CtError } from '../../../base/errors.ts';
import { printable } from '../../../base/text.ts';
import type { SessionContext } from '../../../session/context.ts';
import { CtCommand } from '../../command.ts';

/** `ct secrets trust`: let the project's `.env` be a source. */
export default class SecretsTrustCommand extends CtCommand {
  static override paths = [['secrets', 'trust']];
  static override usage = Command.Usage({
    category: 'Secrets',
    description: "Let this project's .env be a source of secrets",
    details: `
      The agent can write to the project, so the file counts only as it is now: when it changes it has to be
      trusted again. Also then an agent gets only what it was granted by name.
    `,
    examples: [['Without a question', '$0 secrets trust --yes']],
  });

  yes = Option.Boolean('-y,--yes', false, { description: 'do not ask' });
  remove = Option.Boolean('--remove', false, { description: 'do not trust it any more' });

  override async run(): Promise<number> {
    await this.withSessions(async (context) => {
      const { requireProjectEnv, trustProjectEnv } = await import('../../../broker/trust.ts');
      const { projectDirectory } = await import('../../../host/facts.ts');
      const { stateDir } = context.paths;
      const file = requireProjectEnv(projectDirectory(), stateDir);
      if (!this.remove && !this.yes) await this.#ask(file.path, namesIn(file.bytes), context);
      await trustProjectEnv(file, !this.remove, stateDir);
      const words = this.remove ? 'is not trusted any more' : 'is trusted until it changes';
      context.report.note(`${file.path} ${words}`);
    });
    return 0;
  }

  async #ask(path: string, names: readonly string[], context: SessionContext): Promise<void> {
    context.report.note(`${path} has: ${names.join(', ') || 'nothing that can be read'}`);
    if (process.stdin.isTTY !== true) {
      throw new CtError('failed_precondition', 'there is no terminal to ask on', {
        hint: `read ${printable(path)}; if you trust it:  ct secrets trust --yes`,
      });
    }
    const { askYesNo } = await import('../../../host/prompt.ts');
    if (await askYesNo('Trust it as it is?')) return;
    throw new CtError('canceled', 'nothing was changed');
  }
}

/** Names of the variables, for the question. */
function namesIn(bytes: Buffer): readonly string[] {
  return [
    ...bytes.toString('utf8').matchAll(/^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=/gmu),
  ].map(([, name = '']) => name);
}
