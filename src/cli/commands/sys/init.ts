import { Command, Option } from '../../library.ts';
import { CtError } from '../../../base/errors.ts';
import { findAgent } from '../../../plan/agents.ts';
import { loadConfig } from '../../load-config.ts';
import type { Config } from '../../../config/schema.ts';
import { CtCommand } from '../../command.ts';
import { refuseRoot } from '../../root.ts';

/** `ct sys init`: pay for image and agents now, so that the first run does not. */
export default class SysInitCommand extends CtCommand {
  static override paths = [['sys', 'init']];
  static override rest = '[agent]...';
  static override usage = Command.Usage({
    category: 'Setting up',
    description: 'Build the image and install agents before the first run',
    details: `
      \`ct run\` does the same when it is needed; this does it now. A second time it only checks.
    `,
    examples: [['With Gemini ready to go', '$0 sys init gemini']],
  });

  rebuild = Option.Boolean('--rebuild', false, {
    description: 'build the image again though nothing changed',
  });
  agents = Option.Rest({ name: 'agent' });

  override async run(): Promise<number> {
    const config = await loadConfig(this.context.env, this.context.uid);
    for (const name of this.agents) rejectUnknown(name, config);
    await refuseRoot(this.context.uid, ['sys', 'init', ...this.agents]);
    await this.withSessions(async (context) => {
      const { prepareHost } = await import('../../../session/prepare.ts');
      await prepareHost({ agents: this.agents, rebuild: this.rebuild }, context);
    });
    return 0;
  }
}

function rejectUnknown(name: string, config: Config): void {
  try {
    findAgent(name, config);
  } catch (thrown) {
    const { message, hint } = CtError.from(thrown);
    throw new CtError('invalid_argument', message, hint === undefined ? {} : { hint });
  }
}
