import { Command, Option } from '../../library.ts';
import { CtCommand } from '../../command.ts';
import { refuseRoot } from '../../root.ts';

/** `ct agents remove`: an agent out of the packages volume. */
export default class AgentsRemoveCommand extends CtCommand {
  static override paths = [['agents', 'remove']];
  static override usage = Command.Usage({
    category: 'Agents',
    description: 'Remove an agent; its home stays unless you say so',
    examples: [['With its settings, logins and history', '$0 agents remove gemini --home']],
  });

  home = Option.Boolean('--home', false, {
    description: 'its home too: settings, logins, history',
  });
  json = Option.Boolean('--json', false, { description: 'as JSON' });
  agent = Option.String({ name: 'agent' });

  protected override get wantsJson(): boolean {
    return this.json;
  }

  override async run(): Promise<number> {
    await refuseRoot(this.context.uid, ['agents', 'remove', this.agent]);
    const change = await this.withSessions(async (context) => {
      const { removeAgent } = await import('../../../session/agents.ts');
      return removeAgent(this.agent, context, { home: this.home });
    });
    (await this.openOutput()).agentChanges([change]);
    return 0;
  }
}
