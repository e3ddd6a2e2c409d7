import { Command, Option } from '../library.ts';
import { CtCommand } from '../command.ts';

/** `ct cc`: Claude Code with another provider's models. The words with a provider are read as `ct run`. */
export default class CcCommand extends CtCommand {
  static override paths = [['cc']];
  static override usage = Command.Usage({
    category: 'Sessions',
    description: "Claude Code with another provider's models; alone, the providers there are",
    details: `
      \`ct cc zai …\` runs Claude Code against that provider: everything after the name goes to Claude.
      The token is a secret by the name that the list shows; it reaches Claude's own process alone, and
      none of Claude's own keys goes with it. \`ct claude zai\` is the same.
    `,
    examples: [
      ['Store the token once', '$0 secrets set CNSTR_ZAI_API_KEY'],
      ['And work with it', '$0 cc zai'],
    ],
  });

  json = Option.Boolean('--json', false, { description: 'as JSON' });

  protected override get wantsJson(): boolean {
    return this.json;
  }

  override async run(): Promise<number> {
    const { loadConfig } = await import('../load-config.ts');
    const { providersOf } = await import('../../plan/providers.ts');
    const config = await loadConfig(this.context.env, this.context.uid);
    (await this.openOutput()).providers([...providersOf(config).values()]);
    return 0;
  }
}
