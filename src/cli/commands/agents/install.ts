import { Command, Option } from '../../library.ts';
import { CtCommand } from '../../command.ts';
import { refuseRoot } from '../../root.ts';

/** `ct agents install`: agents into the packages volume, before their first run. */
export default class AgentsInstallCommand extends CtCommand {
  static override paths = [['agents', 'install']];
  static override rest = '<agent>...';
  static override usage = Command.Usage({
    category: 'Agents',
    description: 'Install agents before their first run',
    details: `
      \`ct run\` installs an agent when it is not there; this does it now. With \`--again\` also one
      that is there: the old one stays in its place until the new one has started.
    `,
    examples: [['Two at once', '$0 agents install claude codex']],
  });

  again = Option.Boolean('--again', false, { description: 'also what is installed already' });
  json = Option.Boolean('--json', false, { description: 'as JSON' });
  names = Option.Rest({ required: 1, name: 'agent' });

  protected override get wantsJson(): boolean {
    return this.json;
  }

  override async run(): Promise<number> {
    await refuseRoot(this.context.uid, ['agents', 'install', ...this.names]);
    const changes = await this.withSessions(async (context) => {
      const { installAgents } = await import('../../../session/agents.ts');
      return installAgents(this.names, context, this.again);
    });
    (await this.openOutput()).agentChanges(changes);
    return 0;
  }
}
