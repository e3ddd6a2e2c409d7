import { existsSync } from 'node:fs';
import type { Socket } from 'node:net';
import { isCtError } from '../../base/errors.ts';
import { CT_VERSION } from '../../base/version.ts';
import { readLine } from '../../host/lines.ts';
import { reach } from '../../host/reach.ts';
import { runtimeKey } from '../../host/runtime-key.ts';
import { encodeLine, parseReply, WIRE_VERSION } from './frames.ts';
import { daemonRecord, daemonSocket } from './place.ts';

/** What the service said; the line to it is open until one side ends it. */
export interface DaemonAnswer {
  readonly result: unknown;
  /** Does not keep this process running */
  readonly socket: Socket;
  /** Settles when the service hung up or is gone */
  readonly lost: Promise<void>;
}

/** How long it may take, and who is told when the question is on its way. */
interface CallOptions {
  readonly deadlineMs: number;
  readonly onAsked?: () => void;
}

/**
 * Asks the user's service; `undefined` when there is none, or it ends before it answers.
 *
 * Errors: those of the service · failed_precondition when it is of another version · deadline_exceeded
 */
export async function callDaemon(
  runtimeDir: string,
  request: { readonly method: string; readonly params: unknown },
  { deadlineMs, onAsked }: CallOptions,
): Promise<DaemonAnswer | undefined> {
  const path = daemonSocket(runtimeDir);
  const socket = existsSync(path) ? await reach(path) : undefined;
  if (socket === undefined) return undefined;
  const lost = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const { method, params } = request;
  try {
    const key = runtimeKey(runtimeDir);
    socket.write(encodeLine({ v: WIRE_VERSION, ct: CT_VERSION, key, method, params }));
    onAsked?.();
    const reply = await answerOf(socket, deadlineMs);
    if (reply === undefined) return undefined;
    const result = parseReply(reply, CT_VERSION, method);
    socket.unref();
    return { result, socket, lost };
  } catch (thrown) {
    socket.destroy();
    throw thrown;
  }
}

/**
 * The same, of a service that runs already: at a socket of systemd's the question alone would start one, which has
 * nothing ready. `params` are made only when there is somebody to ask.
 */
export async function callRunningDaemon(
  runtimeDir: string,
  { method, params }: { readonly method: string; readonly params: () => unknown },
  options: CallOptions,
): Promise<DaemonAnswer | undefined> {
  if (!existsSync(daemonRecord(runtimeDir))) return undefined;
  return callDaemon(runtimeDir, { method, params: params() }, options);
}

/** `undefined` when the service hangs up before. */
async function answerOf(socket: Socket, deadlineMs: number): Promise<unknown> {
  try {
    return await readLine(socket, deadlineMs);
  } catch (thrown) {
    if (!isCtError(thrown, 'unavailable')) throw thrown;
    socket.destroy();
    return undefined;
  }
}
