import { Command, Option } from '../../library.ts';
import { checkedName } from '../../../secrets/names.ts';
import { CtCommand } from '../../command.ts';

/** `ct secrets show-sources`: where a secret would come from, and why. */
export default class SecretsShowSourcesCommand extends CtCommand {
  static override paths = [['secrets', 'show-sources']];
  static override usage = Command.Usage({
    category: 'Secrets',
    description: 'Show where secrets come from, in order of precedence',
    details: 'For one secret, or for all that `ct secrets list` lists. Values are never shown.',
    examples: [['Which of them is used?', '$0 secrets show-sources GEMINI_API_KEY']],
  });

  json = Option.Boolean('--json', false, { description: 'as JSON' });
  name = Option.String({ name: 'name', required: false });

  protected override get wantsJson(): boolean {
    return this.json;
  }

  override async run(): Promise<number> {
    const name = this.name === undefined ? undefined : checkedName(this.name);
    const list = await this.withSessions(async (context) => {
      const { listSecrets } = await import('../../../session/list-secrets.ts');
      return listSecrets(context, name);
    });
    (await this.openOutput()).secretSources(list);
    return 0;
  }
}
