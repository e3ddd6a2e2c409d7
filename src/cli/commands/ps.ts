import { Command, Option } from '../library.ts';
import { CtCommand } from '../command.ts';

/** `ct ps`: the sessions of this account. */
export default class PsCommand extends CtCommand {
  static override paths = [['ps']];
  static override usage = Command.Usage({
    category: 'Sessions',
    description: 'List sessions',
    details:
      'Lists running sessions, newest first; with -a also those that have not begun or have ended. WEAK names the walls that do not stand in full, as measured now: see docs/presets.md.',
    examples: [['As data', '$0 ps --json']],
  });

  all = Option.Boolean('-a,--all', false, { description: 'in every state' });
  json = Option.Boolean('--json', false, { description: 'as JSON' });

  protected override get wantsJson(): boolean {
    return this.json;
  }

  protected override get isTolerant(): boolean {
    return true;
  }

  override async run(): Promise<number> {
    const sessions = await this.withSessions(async (context) => {
      const { listSessions } = await import('../../session/list.ts');
      const { measureSession } = await import('../../session/measure.ts');
      const list = await listSessions(context);
      return list.map((session) => ({ ...session, enforcement: measureSession(session) }));
    });
    const shown = sessions.filter(({ status }) => this.all || status === 'running');
    const output = await this.openOutput();
    output.sessions([...shown].sort((a, b) => b.createdMs - a.createdMs));
    return 0;
  }
}
