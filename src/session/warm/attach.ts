import { CtError } from '../../base/errors.ts';
import { printable } from '../../base/text.ts';
import { projectDirectory } from '../../host/facts.ts';
import type { SessionContext } from '../context.ts';
import { execInSession } from '../exec.ts';
import { listSessions, type SessionInfo } from '../list.ts';
import { WARM_METHODS } from './wish.ts';

/** The service takes note of it and answers at once, `ms` */
const PATIENCE_MS = 2_000;

/**
 * A shell of the user's in the warm session that has the working directory; resolves to its exit status. No run
 * enters that session meanwhile.
 *
 * Errors: failed_precondition without a terminal · not_found when no warm session has the directory ·
 * invalid_argument when those of several agents have it
 */
export async function attachWarm(
  agent: string | undefined,
  context: SessionContext,
): Promise<number> {
  if (process.stdin.isTTY !== true || process.stdout.isTTY !== true) {
    throw new CtError('failed_precondition', 'a shell in a warm session needs a terminal', {
      hint: "run it in a terminal, without a pipe or a redirection; for a single command: 'ct exec'",
    });
  }
  const cwd = projectDirectory();
  const session = chooseWarm(await listSessions(context), cwd, agent);
  const { callDaemon } = await import('../../daemon/wire/call.ts');
  const request = { method: WARM_METHODS.join, params: { session: session.id } };
  const joined = await callDaemon(context.paths.runtimeDir, request, { deadlineMs: PATIENCE_MS });
  try {
    const inside = `${session.workdir}${cwd.slice(session.project.length)}`;
    const shell = { selector: session.id, args: ['/bin/bash', '-l'], cwd: inside };
    return await execInSession(shell, context);
  } finally {
    joined?.socket.end();
  }
}

/** What of a session decides whether it is meant. */
export type WarmChoice = Pick<SessionInfo, 'id' | 'agent' | 'project' | 'life' | 'status'>;

/** The warm session that has a directory. Errors: see `attachWarm` */
export function chooseWarm<T extends WarmChoice>(
  sessions: readonly T[],
  cwd: string,
  agent: string | undefined,
): T {
  const warm = sessions.filter(
    (session) =>
      session.life === 'warm' &&
      session.status === 'running' &&
      (agent === undefined || session.agent === agent),
  );
  const around = warm.filter(
    ({ project }) => cwd === project || cwd.startsWith(`${project.replace(/\/$/u, '')}/`),
  );
  // One in a directory of another one's: the closest.
  const closest = Math.max(...around.map(({ project }) => project.length));
  const here = around.filter(({ project }) => project.length === closest);
  const [found, ...more] = here;
  if (found === undefined) throw noneHere(warm, agent);
  if (more.length === 0) return found;
  throw new CtError('invalid_argument', 'the warm sessions of several agents have this directory', {
    hint: `say which is meant: ${here.map((session) => `ct daemon attach ${session.agent}`).join(', ')}`,
  });
}

function noneHere(warm: readonly WarmChoice[], agent: string | undefined): CtError {
  const whose = agent === undefined ? 'no warm session has' : `no warm session of ${agent} has`;
  const places = warm.map((session) => `${session.agent} in ${printable(session.project)}`);
  return new CtError('not_found', `${whose} this directory`, {
    hint:
      places.length > 0
        ? `there are others: ${places.join(', ')}`
        : "set auto_start = true in [daemon] and run an agent here: after it there is one; 'ct shell' opens a new session",
  });
}
