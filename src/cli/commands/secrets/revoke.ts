import { Command, Option } from '../../library.ts';
import { agentNamed } from '../../../agents/catalogue.ts';
import { checkedName } from '../../../secrets/names.ts';
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
    const name = checkedName(this.name);
    const agent = agentNamed(this.agent).name;
    await this.withSessions(async (context) => {
      const { rememberAnswer } = await import('../../../broker/remembered.ts');
      const host = { stateDir: context.paths.stateDir, instance: context.instance() };
      await rememberAnswer(agent, name, 'refused', host);
      const configured = context.config.agents[agent];
      const lists = [...(configured?.secrets ?? []), ...(configured?.secret_files ?? [])];
      if (lists.includes(name)) {
        context.report.warn(`${name} is still granted in config.toml, under [agents.${agent}]`);
      } else context.report.note(`${agent} does not get ${name} from its next session on`);
    });
    return 0;
  }
}
