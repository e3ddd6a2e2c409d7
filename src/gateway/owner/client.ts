import type { Socket } from 'node:net';
import { CtError, ERROR_CODES, isCtError, type ErrorCode } from '../../base/errors.ts';
import { readLine } from '../../host/lines.ts';
import { reach } from '../../host/reach.ts';
import type { ServeWish } from '../served-session.ts';
import { ownerSocket, type OwnerReply, type OwnerRequest } from './place.ts';

/** A session that another process serves. */
export interface Adopted {
  /** Settles when that process is gone, to whether it left in order */
  readonly lost: Promise<boolean>;
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
 * Errors: as `serveSession` in that process · unsupported when its `surroundings` are others
 */
export async function adopt(
  runtimeDir: string,
  wish: ServeWish,
  surroundings?: string,
): Promise<Adopted | undefined> {
  const socket = await reach(ownerSocket(runtimeDir));
  if (socket === undefined) return undefined;
  const reply = await ask(socket, {
    ...{ v: 1, serve: wish },
    ...(surroundings === undefined ? {} : { surroundings }),
  });
  if (reply === undefined) return undefined;
  socket.unref();
  let isInOrder = false;
  socket.on('data', () => (isInOrder = true));
  const lost = new Promise<boolean>((resolve) => socket.once('close', () => resolve(isInOrder)));
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

/**
 * Asks the process that serves sessions to leave them to this one; resolves when it serves none any more,
 * to `false` when there is no such process.
 *
 * Errors: invalid_argument from one of a version that cannot do this
 */
export async function askToLeave(runtimeDir: string): Promise<boolean> {
  const socket = await reach(ownerSocket(runtimeDir));
  if (socket === undefined) return false;
  const reply = await ask(socket, { v: 1, leave: true });
  socket.destroy();
  return reply !== undefined;
}

/** `undefined` when the other side hangs up; what it says otherwise. */
async function ask(socket: Socket, request: OwnerRequest): Promise<OwnerReply | undefined> {
  socket.write(`${JSON.stringify(request)}\n`);
  let reply: OwnerReply;
  try {
    reply = (await readLine(socket, DEADLINE_MS)) as OwnerReply;
  } catch (thrown) {
    socket.destroy();
    if (isCtError(thrown, 'unavailable')) return undefined;
    throw thrown;
  }
  if (!('error' in reply)) return reply;
  socket.destroy();
  const { code, message, hint } = reply.error;
  throw new CtError(
    code in ERROR_CODES ? (code as ErrorCode) : 'internal',
    message,
    hint === undefined ? {} : { hint },
  );
}
