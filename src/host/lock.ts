import { createHash } from 'node:crypto';
import { connect, createServer, type Server } from 'node:net';
import { CtError } from '../base/errors.ts';
import { listenAt } from './listen.ts';

/** How a lock is waited for. */
export interface LockOptions {
  readonly signal?: AbortSignal;
  /** Called once when somebody else holds it */
  readonly onWait?: () => void;
}

/**
 * Runs `work` while no other ct process of this installation runs work under the same name.
 *
 * The lock is a listening socket in Linux' abstract namespace: the kernel gives it to one process and
 * takes it back when that one dies, however it dies, so there are no stale locks to judge. Waiting is
 * a connection that closes when the holder is done. `name` must not be guessable by other users
 * (it holds the random installation id), since the abstract namespace has no permissions.
 *
 * Errors: canceled when `signal` fires first
 * Source: unix(7) "Abstract sockets"
 */
export async function withLock<T>(
  name: string,
  options: LockOptions,
  work: () => Promise<T>,
): Promise<T> {
  const path = `\0ct-${createHash('sha256').update(name).digest('hex').slice(0, 40)}`;
  let told = false;
  for (;;) {
    if (options.signal?.aborted === true) throw canceled(options.signal.reason);
    const server = await tryListen(path);
    if (server !== undefined) {
      try {
        return await work();
      } finally {
        await new Promise<void>((resolve) => server.close(() => resolve()));
      }
    }
    if (!told) options.onWait?.();
    told = true;
    await holderGone(path, options.signal);
  }
}

function canceled(reason: unknown): CtError {
  if (reason instanceof CtError) return reason;
  const why = reason instanceof Error ? reason.message : String(reason);
  return new CtError('canceled', `stopped while waiting for another ct: ${why}`, { cause: reason });
}

async function tryListen(path: string): Promise<Server | undefined> {
  const waiting = new Set<{ destroy(): void }>();
  const server = createServer((socket) => {
    waiting.add(socket);
    socket.on('error', () => undefined).on('close', () => waiting.delete(socket));
    socket.resume();
  });
  const close = server.close.bind(server);
  server.close = (done) => {
    close(done);
    for (const socket of waiting) socket.destroy();
    return server;
  };
  try {
    await listenAt(server, path);
    return server;
  } catch (thrown) {
    const { code, message } = thrown as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') return undefined;
    throw new CtError('internal', `cannot take a lock: ${message}`, { cause: thrown });
  }
}

async function holderGone(path: string, signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve) => {
    const socket = connect(path);
    const done = (): void => {
      signal?.removeEventListener('abort', done);
      socket.destroy();
      resolve();
    };
    signal?.addEventListener('abort', done, { once: true });
    socket.on('error', done).on('close', done).resume();
  });
}
