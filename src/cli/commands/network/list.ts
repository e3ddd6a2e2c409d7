import { CtCommand } from '../../command.ts';
import { Command, Option } from '../../library.ts';

/** `ct network list` */
export default class ListCommand extends CtCommand {
  static override paths = [['network', 'list']];
  static override usage = Command.Usage({
    category: 'Network',
    description: 'List the rules, and where each comes from',
    details: `
      Of sessions to come: your own lists, the names that each agent cannot work without, and the package
      registries that this host's npm, pip, cargo and apt are configured to use. With \`--session\` the
      rules that are in force in one that runs.
    `,
    examples: [['As data', '$0 network list --json']],
  });

  session = Option.String('--session', { description: 'those of a running session' });
  json = Option.Boolean('--json', false, { description: 'as JSON' });

  protected override get wantsJson(): boolean {
    return this.json;
  }

  override async run(): Promise<number> {
    const listing = await this.withSessions(async (context) => {
      const { listPolicy, listRules } = await import('../../../session/network-rules.ts');
      if (this.session === undefined) return listRules(context);
      const { servedSessions, sessionNetworks } = await import('../../../session/network-live.ts');
      const ids = servedSessions(this.session, context);
      const [found] = await sessionNetworks(ids, context);
      if (found !== undefined) return listPolicy(found.session, found.policy);
      const { CtError } = await import('../../../base/errors.ts');
      throw new CtError('not_found', 'the session has just ended', { hint: "see 'ct ps'" });
    });
    (await this.openOutput()).networkRules(listing);
    return 0;
  }
}
