import { Command, Option } from '../library.ts';
import { CtError } from '../../base/errors.ts';
import { CtCommand } from '../command.ts';
import { parseDuration } from '../options/duration.ts';

/** `ct stop`: end sessions, gently then firmly. */
export default class StopCommand extends CtCommand {
  static override paths = [['stop']];
  static override rest = '<session>...';
  static override usage = Command.Usage({
    category: 'Sessions',
    description: 'End one or more sessions',
    details: 'Sends SIGTERM, waits, then SIGKILL. A session is named by its id or the start of it.',
    examples: [
      ['Within five seconds', '$0 stop 3f2a --timeout 5s'],
      ['All of them', '$0 stop --all'],
    ],
  });

  timeout = Option.String('--timeout', '10s', { description: 'time to wait before SIGKILL' });
  all = Option.Boolean('--all', false, {
    description: 'every session of this account on this engine',
  });
  json = Option.Boolean('--json', false, { description: 'as JSON' });
  sessions = Option.Rest({ name: 'session' });

  protected override get wantsJson(): boolean {
    return this.json;
  }

  protected override get isTolerant(): boolean {
    return true;
  }

  override async run(): Promise<number> {
    const timeoutMs = parseDuration(this.timeout, '--timeout');
    if (this.all === this.sessions.length > 0) {
      throw new CtError('invalid_argument', 'ct stop: name sessions or give --all, one of both', {
        hint: "'ct ps' lists the sessions",
      });
    }
    const ended = await this.withSessions(async (context) => {
      const { stopSessions } = await import('../../session/stop.ts');
      return stopSessions(this.sessions, { timeoutMs, all: this.all }, context);
    });
    (await this.openOutput()).stopped(ended);
    return 0;
  }
}
