import { CtError } from '../base/errors.ts';
import type { SessionContext } from './context.ts';
import { followSession } from './follow.ts';
import { findSession } from './list.ts';

/**
 * Connects to a running session as a viewer with a keyboard; resolves to its exit status. Closing the
 * terminal leaves the session running.
 *
 * Errors: failed_precondition when it does not run, or needs a terminal and there is none
 */
export async function attachSession(selector: string, context: SessionContext): Promise<number> {
  const session = await findSession(selector, context);
  const engine = await context.engine();
  const state = await engine.inspect(session.container);
  if (state.status !== 'running') {
    throw new CtError(
      'failed_precondition',
      `session ${session.id} does not run (${state.status})`,
      {
        hint: "'ct ps' lists the sessions that do",
      },
    );
  }
  const hasTerminal = process.stdin.isTTY && process.stdout.isTTY;
  if (state.terminal && !hasTerminal) {
    throw new CtError('failed_precondition', `session ${session.id} needs a terminal`, {
      hint: 'run ct attach in a terminal, without a pipe or a redirection',
    });
  }
  const streams = await engine.attach(session.container, {
    stdin: true,
    terminal: state.terminal,
  });
  return followSession({
    engine,
    report: context.report,
    pid: state.pid,
    id: session.container,
    session: session.id,
    terminal: state.terminal,
    streams,
    viewer: true,
    whenConnected: async () => undefined,
  });
}
