import { Command, Option } from '../../library.ts';
import { CtCommand } from '../../command.ts';

/** `ct secrets revoke`: an agent does not get a secret any more. */
export default class SecretsRevokeCommand extends CtCommand {
  static override paths = [['secrets', 'revoke']];
  static override usage = Command.Usage({
    category: 'Secrets',
    description: 'Take a grant back, from the next session on',
    details: `
      Running sessions keep what they have: end them (\`ct stop\`), and if the agent is not to be trusted
      get a new key where you got the old one.
    `,
    examples: [['Gemini may not have it any more', '$0 secrets revoke gemini GEMINI_API_KEY']],
  });

  agent = Option.String({ name: 'agent' });
  name = Option.String({ name: 'name' });

  override async run(): Promise<number> {
    const { agent, name } = this;
    await this.withSessions(async (context) => {
      const { answerGrant } = await import('../../../session/answer-grant.ts');
      const { isConfigured } = await answerGrant({ agent, name, answer: 'refused' }, context);
      if (isConfigured) {
        context.report.warn(`${name} is still granted in config.toml, under [agents.${agent}]`);
      } else context.report.note(`${agent} does not get ${name} from its next session on`);
    });
    return 0;
  }
}
