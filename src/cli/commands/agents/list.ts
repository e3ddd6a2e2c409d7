import { Command, Option } from '../../library.ts';
import { CtCommand } from '../../command.ts';

/** `ct agents`: what `ct run` can run. */
export default class AgentsCommand extends CtCommand {
  static override paths = [['agents']];
  static override usage = Command.Usage({
    category: 'Agents',
    description: 'List the agents: version, update, login',
    details: `
      \`--check\` asks npm for the newest versions. Agents of your own are defined in the configuration,
      under \`[agents.NAME]\`.

      LOGIN FILE says whether the agent has a login of its own in its home; empty: not known. Keys that you
      have given it are in \`ct secrets list\`.
    `,
    examples: [['What is out of date?', '$0 agents --check']],
  });

  check = Option.Boolean('--check', false, { description: 'ask npm for newer versions' });
  json = Option.Boolean('--json', false, { description: 'as JSON' });

  protected override get wantsJson(): boolean {
    return this.json;
  }

  override async run(): Promise<number> {
    const list = await this.withSessions(async (context) => {
      const { listAgents } = await import('../../../session/agents.ts');
      // As root there are no sessions and no volume; the catalogue is the same.
      return listAgents(context, { check: this.check, withEngine: this.context.uid !== 0 });
    });
    (await this.openOutput()).agents(list);
    return 0;
  }
}
