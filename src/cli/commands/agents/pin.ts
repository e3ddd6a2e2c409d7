import { Command, Option } from '../../library.ts';
import { checkedVersion } from '../../../host/pins.ts';
import { CtCommand } from '../../command.ts';
import { refuseRoot } from '../../root.ts';

/** `ct agents pin`: an agent stays at one version. */
export default class AgentsPinCommand extends CtCommand {
  static override paths = [['agents', 'pin']];
  static override usage = Command.Usage({
    category: 'Agents',
    description: 'Keep an agent at a version: the installed one, or one that you name',
    examples: [
      ['As it is now', '$0 agents pin gemini'],
      ['At another version, which is installed at once', '$0 agents pin gemini 0.61.0'],
      ['Let it go again', '$0 agents pin gemini --off'],
    ],
  });

  off = Option.Boolean('--off', false, { description: 'no longer' });
  json = Option.Boolean('--json', false, { description: 'as JSON' });
  agent = Option.String({ name: 'agent' });
  version = Option.String({ name: 'version', required: false });

  protected override get wantsJson(): boolean {
    return this.json;
  }

  override async run(): Promise<number> {
    await refuseRoot(this.context.uid, ['agents', 'pin', this.agent]);
    const version = this.version === undefined ? undefined : checkedVersion(this.version);
    const change = await this.withSessions(async (context) => {
      const { pinAgent } = await import('../../../session/agents.ts');
      return pinAgent(this.agent, { version, off: this.off }, context);
    });
    (await this.openOutput()).agentChanges([change]);
    return 0;
  }
}
