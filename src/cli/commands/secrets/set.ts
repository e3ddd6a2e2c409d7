import { Command, Option } from '../../library.ts';
import { CtCommand } from '../../command.ts';
import { nameAlone, readValue } from '../../read-value.ts';

/** `ct secrets set`: keep a value in the secrets file. */
export default class SecretsSetCommand extends CtCommand {
  static override paths = [['secrets', 'set']];
  static override rest = '<name>';
  static override usage = Command.Usage({
    category: 'Secrets',
    description: 'Store a secret',
    details: `
      The value is asked for and not shown, or read from standard input; never given on the command line.
      A line break behind a value of one line is not part of it.

      It is kept in a file of mode 0600 beside the configuration. No agent gets it by that: see
      \`ct secrets grant\`.
    `,
    examples: [
      ['Asked for', '$0 secrets set GEMINI_API_KEY'],
      ['From a password manager', 'pass show gemini | $0 secrets set GEMINI_API_KEY'],
    ],
  });

  words = Option.Rest({ name: 'name' });

  override async run(): Promise<number> {
    const name = nameAlone('set', this.words);
    await this.withSessions(async (context) => {
      const { storeSecret } = await import('../../../session/rotate-secret.ts');
      const { change } = await storeSecret(name, await readValue(name), context);
      context.report.note(`${name} ${change}`);
      const { listSecrets } = await import('../../../session/list-secrets.ts');
      const [info] = listSecrets(context, name);
      if (
        info?.source !== null &&
        info?.sources.some(({ kind, isUsed }) => kind === 'store' && !isUsed)
      ) {
        context.report.note(`it is not used for now: ${info.source} comes first`);
      }
      if (info?.grants.length === 0) {
        context.report.note(`no agent gets it yet; to give it:  ct secrets grant AGENT ${name}`);
      }
    });
    return 0;
  }
}
