import { Command, Option } from '../../library.ts';
import { CtCommand } from '../../command.ts';

/** `ct secrets list`: names, sources and grants. */
export default class SecretsListCommand extends CtCommand {
  static override paths = [['secrets', 'list']];
  static override usage = Command.Usage({
    category: 'Secrets',
    description: 'List secrets: names, sources, grants',
    details: 'Values are never shown, and no command of a source is run.',
    examples: [['As data', '$0 secrets list --json']],
  });

  json = Option.Boolean('--json', false, { description: 'as JSON' });

  protected override get wantsJson(): boolean {
    return this.json;
  }

  override async run(): Promise<number> {
    const list = await this.withSessions(async (context) => {
      const { listSecrets } = await import('../../../session/list-secrets.ts');
      return listSecrets(context);
    });
    (await this.openOutput()).secrets(list);
    return 0;
  }
}
