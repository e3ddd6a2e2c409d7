import { Command, Option } from '../../library.ts';
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
    const { agent, name } = this;
    await this.withSessions(async (context) => {
      const { answerGrant } = await import('../../../session/answer-grant.ts');
      await answerGrant({ agent, name, answer: 'granted' }, context);
      context.report.note(`${agent} gets ${name} from its next session on`);
    });
    return 0;
  }
}
