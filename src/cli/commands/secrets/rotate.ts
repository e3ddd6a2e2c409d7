import { Command, Option } from '../../library.ts';
import type { Secret } from '../../../secrets/secret.ts';
import type { SessionContext } from '../../../session/context.ts';
import { CtCommand } from '../../command.ts';
import { nameAlone, readValue } from '../../read-value.ts';

/** `ct secrets rotate`: a new value, also for sessions that run. */
export default class SecretsRotateCommand extends CtCommand {
  static override paths = [['secrets', 'rotate']];
  static override rest = '<name>';
  static override usage = Command.Usage({
    category: 'Secrets',
    description: 'Bring a new value to running sessions',
    details: `
      A secret that \`ct secrets set\` stored gets a new value, asked for or from standard input; any other
      is read again from its source, and so is a stored one with \`--from-source\`.

      Programs that read the secret from a file (git, gh, files of your own) have the new value at once. A
      variable of a running process cannot be changed: such sessions are listed, to be started again.
    `,
    examples: [
      ['Typed', '$0 secrets rotate GH_TOKEN'],
      ['The source has changed', '$0 secrets rotate --from-source GH_TOKEN'],
    ],
  });

  fromSource = Option.Boolean('--from-source', false, {
    description: 'read it again where it comes from',
  });
  json = Option.Boolean('--json', false, { description: 'as JSON' });
  words = Option.Rest({ name: 'name' });

  protected override get wantsJson(): boolean {
    return this.json;
  }

  override async run(): Promise<number> {
    const name = nameAlone('rotate', this.words);
    const rotation = await this.withSessions(async (context) => {
      const { rotateSecret } = await import('../../../session/rotate-secret.ts');
      return rotateSecret(name, await this.#newValue(name, context), context);
    });
    (await this.openOutput()).rotated(rotation);
    return rotation.sessions.some(({ outcome }) => outcome === 'failed') ? 125 : 0;
  }

  /** `undefined` when it is to be read from its source. */
  async #newValue(name: string, context: SessionContext): Promise<Secret | undefined> {
    if (this.fromSource) return undefined;
    const { listSecrets } = await import('../../../session/list-secrets.ts');
    const used = listSecrets(context, name)[0]?.sources.find(({ isUsed }) => isUsed);
    if (used?.kind !== 'store') return undefined;
    const { storeSecret } = await import('../../../session/rotate-secret.ts');
    return (await storeSecret(name, await readValue(name), context)).secret;
  }
}
