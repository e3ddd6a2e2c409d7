import { Command, Option } from '../../library.ts';
import { agentNamed } from '../../../agents/catalogue.ts';
import { checkedName } from '../../../secrets/names.ts';
import { CtCommand } from '../../command.ts';

/** `ct secrets grant`: let an agent have a secret from its next session on. */
export default class SecretsGrantCommand extends CtCommand {
  static override paths = [['secrets', 'grant']];
  static override usage = Command.Usage({
    category: 'Secrets',
    description: 'Give an agent a secret, from its next session on',
    details: `
      The same as the agent's name under \`[agents.AGENT] secrets\` in the configuration. Nothing crosses
      without one of the two.
    `,
    examples: [['Gemini may have its key', '$0 secrets grant gemini GEMINI_API_KEY']],
  });

  agent = Option.String({ name: 'agent' });
  name = Option.String({ name: 'name' });

  override async run(): Promise<number> {
    const name = checkedName(this.name);
    const agent = agentNamed(this.agent).name;
    await this.withSessions(async (context) => {
      const { rememberAnswer } = await import('../../../broker/remembered.ts');
      const host = { stateDir: context.paths.stateDir, instance: context.instance() };
      await rememberAnswer(agent, name, 'granted', host);
      context.report.note(`${agent} gets ${name} from its next session on`);
    });
    return 0;
  }
}
