import { Command, Option } from '../../library.ts';
import { CtCommand } from '../../command.ts';
import { refuseRoot } from '../../root.ts';

/** `ct agents update`: newer versions, where there are any. */
export default class AgentsUpdateCommand extends CtCommand {
  static override paths = [['agents', 'update']];
  static override rest = '[agent]...';
  static override usage = Command.Usage({
    category: 'Agents',
    description: 'Update installed agents, or those that are named',
    details: `
      A pinned agent stays as it is unless it is named, and then gets its pinned version. Sessions that
      run go on with the version that they began with.
    `,
    examples: [
      ['All that are not pinned', '$0 agents update'],
      ['One of them', '$0 agents update claude'],
    ],
  });

  json = Option.Boolean('--json', false, { description: 'as JSON' });
  names = Option.Rest({ name: 'agent' });

  protected override get wantsJson(): boolean {
    return this.json;
  }

  override async run(): Promise<number> {
    await refuseRoot(this.context.uid, ['agents', 'update', ...this.names]);
    const changes = await this.withSessions(async (context) => {
      const { updateAgents } = await import('../../../session/agents.ts');
      return updateAgents(this.names, context);
    });
    (await this.openOutput()).agentChanges(changes);
    return 0;
  }
}
