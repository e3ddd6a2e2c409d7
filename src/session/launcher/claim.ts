import type { Socket } from 'node:net';
import { CtError } from '../../base/errors.ts';
import type { DaemonAnswer } from '../../daemon/wire/call.ts';
import type { ExecProcess } from '../../engine/engine.ts';
import { processStreams } from '../../engine/streams.ts';
import type { SessionContext } from '../context.ts';
import { LAUNCHER_METHODS, launcherClaim, type Launchable, type LauncherReply } from './wish.ts';

/** The service looks at one process, `ms`; an exec by the engine takes less than this */
const PATIENCE_MS = 200;
/** The engine may need five seconds to say how a program ended, `ms` */
const END_MS = 15_000;

/** A program that waits in a session to be told what it is: the first bytes on its `stdin`, see `launchLines`. */
export interface ClaimedLauncher {
  readonly about: Launchable;
  readonly process: Omit<ExecProcess, 'pid' | 'resize' | 'neverRan'>;
  /** What it is told to end both outputs with */
  readonly mark: string;
}

/**
 * Asks the user's service for a program that waits in `session`, the whole id. `undefined` when there is none:
 * then the engine starts one, and nobody has to know. `onAsked` is called when the question is on its way.
 */
export async function claimLauncher(
  session: string,
  context: SessionContext,
  onAsked: () => void,
): Promise<ClaimedLauncher | undefined> {
  const { runtimeDir } = context.paths;
  const params = () => launcherClaim(session, context);
  const request = { method: LAUNCHER_METHODS.claim, params };
  try {
    const answer = await asked(runtimeDir, request, { deadlineMs: PATIENCE_MS, onAsked });
    if (answer === undefined) return undefined;
    if (answer.result === null) {
      answer.socket.end();
      return undefined;
    }
    const { about, token } = answer.result as LauncherReply;
    // At once: what comes while nobody listens would be lost.
    return { about, process: served(answer.socket, token, runtimeDir), mark: token };
  } catch (thrown) {
    context.report.verbose(`no program ready for this exec: ${CtError.from(thrown).message}`);
    return undefined;
  }
}

function served(socket: Socket, token: string, runtimeDir: string): ClaimedLauncher['process'] {
  socket.ref();
  let status: number | undefined;
  const onStatus = (told: number): void => void (status = told);
  const streams = processStreams(socket, { terminal: false, stdin: true, onStatus });
  const ask = async (method: string, params: object): Promise<unknown> => {
    const request = { method, params: () => ({ token, ...params }) };
    const answer = await asked(runtimeDir, request, { deadlineMs: END_MS });
    if (answer === undefined) throw serviceGone();
    answer.socket.end();
    return answer.result;
  };
  return {
    ...streams,
    signal: async (signal) => (await ask(LAUNCHER_METHODS.signal, { signal })) === true,
    wait: async () => {
      await streams.ended.catch(() => undefined);
      return status ?? Number(await ask(LAUNCHER_METHODS.wait, {}));
    },
  };
}

/** A service that runs already; see `callRunningDaemon`. */
async function asked(
  runtimeDir: string,
  request: { readonly method: string; readonly params: () => unknown },
  options: { readonly deadlineMs: number; readonly onAsked?: () => void },
): Promise<DaemonAnswer | undefined> {
  const { callRunningDaemon } = await import('../../daemon/wire/call.ts');
  return callRunningDaemon(runtimeDir, request, options);
}

const serviceGone = (): CtError =>
  new CtError('unavailable', "ct's service ended while it carried this program's output", {
    hint: 'whether the program did its work is not known; run it again',
  });
