import { CtCommand } from '../../command.ts';
import { Command, Option } from '../../library.ts';

/** `ct network status` */
export default class StatusCommand extends CtCommand {
  static override paths = [['network', 'status']];
  static override usage = Command.Usage({
    category: 'Network',
    description: 'Show the networks of running sessions and their open connections',
    examples: [['Of one', '$0 network status --session 3f2a']],
  });

  session = Option.String('--session', { description: 'only this session' });
  json = Option.Boolean('--json', false, { description: 'as JSON' });

  protected override get wantsJson(): boolean {
    return this.json;
  }

  override async run(): Promise<number> {
    const networks = await this.withSessions(async (context) => {
      const { servedSessions, sessionNetworks } = await import('../../../session/network-live.ts');
      return sessionNetworks(servedSessions(this.session, context), context);
    });
    (await this.openOutput()).networkStatus(networks);
    return 0;
  }
}
