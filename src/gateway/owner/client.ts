import { CtError, ERROR_CODES, type ErrorCode } from '../../base/errors.ts';
import { readLine } from '../../host/lines.ts';
import { reach } from '../../host/reach.ts';
import type { ServeWish } from '../served-session.ts';
import { ownerSocket, type AdoptReply, type AdoptRequest } from './place.ts';

/** A session that another process serves. */
export interface Adopted {
  /** Settles when that process is gone */
  readonly lost: Promise<void>;
  /** Stops watching it; the session stays served */
  release(): void;
  /** Says that the session is over; resolves when its log is complete */
  finish(): Promise<void>;
}

const DEADLINE_MS = 20_000;
const FINISH_MS = 2_000;

/**
 * Asks the process that serves sessions to serve this one; resolves when it is in force, to
 * `undefined` when there is no such process.
 *
 * Errors: as `serveSession` in that process · failed_precondition when its `surroundings` are others
 */
export async function adopt(
  runtimeDir: string,
  wish: ServeWish,
  surroundings?: string,
): Promise<Adopted | undefined> {
  const socket = await reach(ownerSocket(runtimeDir));
  if (socket === undefined) return undefined;
  const request: AdoptRequest = {
    ...{ v: 1, serve: wish },
    ...(surroundings === undefined ? {} : { surroundings }),
  };
  socket.write(`${JSON.stringify(request)}\n`);
  let reply: AdoptReply;
  try {
    reply = (await readLine(socket, DEADLINE_MS)) as AdoptReply;
  } catch (thrown) {
    socket.destroy();
    if (thrown instanceof CtError && thrown.code === 'unavailable') return undefined;
    throw thrown;
  }
  if ('error' in reply) {
    socket.destroy();
    const { code, message, hint } = reply.error;
    throw new CtError(
      code in ERROR_CODES ? (code as ErrorCode) : 'internal',
      message,
      hint === undefined ? {} : { hint },
    );
  }
  socket.unref();
  const lost = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return {
    lost,
    release: () => socket.destroy(),
    finish: async () => {
      socket.ref().end();
      const timer = setTimeout(() => socket.destroy(), FINISH_MS);
      await lost;
      clearTimeout(timer);
    },
  };
}
