import type { Socket } from 'node:net';
import { CtError, ERROR_CODES, isCtError, type ErrorCode } from '../../base/errors.ts';
import { readLine } from '../../host/lines.ts';
import { reach } from '../../host/reach.ts';
import type { ServeWish } from '../served-session.ts';
import { ownerSocket, type OwnerGo, type OwnerReply, type OwnerRequest } from './place.ts';

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
  const question = surroundings === undefined ? {} : { surroundings };
  const reply = await ask(socket, { v: 1, serve: wish, ...question });
  return reply === undefined ? undefined : adoptedBy(socket);
}

/** A network that another process makes and does not serve yet. */
export interface Held {
  /** Has it served; as `adopt`, and `unavailable` also when that process knows of no such thing */
  serve(): Promise<Adopted | undefined>;
  /** Nobody wants it any more */
  drop(): void;
}

/**
 * Asks the process that serves sessions to make the network of this one, which leads nowhere before `serve`;
 * `undefined` when there is no such process. What goes wrong, `serve` says.
 */
export async function hold(
  runtimeDir: string,
  wish: ServeWish,
  surroundings?: string,
): Promise<Held | undefined> {
  const socket = await reach(ownerSocket(runtimeDir));
  if (socket === undefined) return undefined;
  const question = surroundings === undefined ? {} : { surroundings };
  // A session that is served already is answered at once.
  const adopted = ask(socket, { v: 1, hold: wish, ...question }).then((reply) =>
    reply === undefined ? undefined : adoptedBy(socket),
  );
  adopted.catch(() => undefined);
  return {
    serve: async () => {
      const go: OwnerGo = { v: 1, go: true };
      socket.write(`${JSON.stringify(go)}\n`);
      return adopted;
    },
    drop: () => socket.destroy(),
  };
}

function adoptedBy(socket: Socket): Adopted {
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
