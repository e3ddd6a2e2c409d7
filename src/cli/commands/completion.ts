import { Command, Option } from '../library.ts';
import { CtError } from '../../base/errors.ts';
import { CtCommand } from '../command.ts';
import { complete, completionScript, SHELLS, type Live } from '../completion.ts';

/** `ct completion`: what a shell needs to complete words of ct, with the values of this moment. */
export default class CompletionCommand extends CtCommand {
  static override paths = [['completion']];
  static override rest = '';
  static override usage = Command.Usage({
    category: 'Setting up',
    description: 'Completion for bash, zsh or fish: commands, agents, sessions, providers',
    examples: [
      ['For bash', '$0 completion bash >> ~/.bashrc'],
      ['For fish', '$0 completion fish > ~/.config/fish/completions/ct.fish'],
    ],
  });

  shell = Option.String({ name: 'shell' });
  words = Option.Proxy({ name: 'words' });

  override async run(): Promise<number> {
    const shell = SHELLS.find((name) => name === this.shell);
    if (shell !== undefined) {
      this.context.stdout.write(completionScript(shell));
      return 0;
    }
    if (this.shell !== 'words') {
      throw new CtError('invalid_argument', 'ct completion: for which shell?', {
        hint: `one of ${SHELLS.join(', ')}`,
      });
    }
    const [first, ...rest] = this.words;
    const found = await complete(first === '--' ? rest : this.words, this.live());
    this.context.stdout.write(found.map((word) => `${word}\n`).join(''));
    return 0;
  }

  /** Values of this moment; sessions ask the engine, which a shell waits for. */
  private live(): Live {
    const { env, uid } = this.context;
    const config = async () => (await import('../load-config.ts')).loadConfig(env, uid);
    return {
      agents: async () => {
        const { agentsOf } = await import('../../plan/agents.ts');
        return [...agentsOf(await config()).keys()];
      },
      providers: async () => {
        const { providersOf } = await import('../../plan/providers.ts');
        return [...providersOf(await config()).keys()];
      },
      sessions: () =>
        this.withSessions(async (context) => {
          const { listSessions } = await import('../../session/list.ts');
          return (await listSessions(context)).map(({ id }) => id);
        }),
    };
  }
}
