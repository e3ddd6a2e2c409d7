import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { CtError } from '../base/errors.ts';
import { ensurePrivateDir } from './files.ts';
import { listenAt } from './listen.ts';

/** What is taken in turns. */
export interface Lock {
  /** A directory of the account's own that all who take turns share; on a local file system */
  readonly dir: string;
  /** Of letters, digits and `-` */
  readonly name: string;
}

/** How a lock is waited for. */
export interface LockOptions {
  readonly signal?: AbortSignal;
  /** Called once when somebody else holds it */
  readonly onWait?: () => void;
}

/** How often it is looked again at a holder with too many waiters to be connected to, `ms`. */
const RETRY_MS = 20;

/**
 * Runs `work` while no other process of the account runs work under the same lock.
 *
 * Whoever takes a lock listens at a socket with a random name, and then sets the link `NAME.lock` to it, which the
 * file system gives to one alone. Waiting is a connection that closes when the holder is done, however it ends. A link
 * whose socket nobody listens at is a dead one's; whoever finds it removes it, under a lock that is named after the
 * dead one, so that none removes what a third has taken meanwhile. All of it lies in a directory that no other account
 * can enter: names in the abstract namespace, which anybody can read and take, would let them hold everybody up.
 *
 * Errors: canceled when `signal` fires first · permission_denied for a directory of somebody else's ·
 * failed_precondition where the file system has no sockets
 * Source: unix(7) "Pathname sockets", symlink(2)
 */
export async function withLock<T>(
  lock: Lock,
  options: LockOptions,
  work: () => Promise<T>,
): Promise<T> {
  const place = new Place(lock.dir);
  try {
    const held = await take(place, lock.name, options);
    try {
      return await work();
    } finally {
      await held.release();
    }
  } finally {
    place.close();
  }
}

/**
 * Takes a lock until the returned call, of which a second one does nothing, or until this process ends; `undefined` when somebody else has it.
 *
 * Errors: see `withLock`
 */
export async function tryLock(lock: Lock): Promise<(() => void) | undefined> {
  const place = new Place(lock.dir);
  try {
    let found = await attempt(place, lock.name);
    while (found === 'changed') found = await attempt(place, lock.name);
    if (!(found instanceof Held)) {
      if (found !== 'busy') found.destroy();
      return place.close();
    }
    const held = found;
    held.server.unref();
    let released: Promise<void> | undefined;
    return () => void (released ??= held.release().then(() => place.close()));
  } catch (thrown) {
    place.close();
    throw thrown;
  }
}

/** The directory of the locks, by descriptor: what is below it fits into a socket's address, however long its path. */
class Place {
  readonly #fd: number;

  constructor(dir: string) {
    this.#fd = openSync(ensurePrivateDir(`${dir}/locks`), 'r');
  }

  path(name: string): string {
    return `/proc/self/fd/${this.#fd}/${name}`;
  }

  link(name: string): string {
    return this.path(`${name}.lock`);
  }

  /** The socket of who holds the lock, or held it and died; `undefined` when it is free. */
  holder(name: string): string | undefined {
    try {
      return readlinkSync(this.link(name));
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw thrown;
    }
  }

  close(): undefined {
    closeSync(this.#fd);
  }
}

/** A lock that this process has. */
class Held {
  readonly server: Server;
  readonly #waiting: ReadonlySet<Socket>;
  readonly #link: string;

  constructor(server: Server, waiting: ReadonlySet<Socket>, link: string) {
    this.server = server;
    this.#waiting = waiting;
    this.#link = link;
  }

  /** The link goes first: one that is there and leads to nobody is a dead one's. */
  async release(): Promise<void> {
    rmSync(this.#link, { force: true });
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const socket of this.#waiting) socket.destroy();
    await closed;
  }
}

async function take(place: Place, name: string, options: LockOptions): Promise<Held> {
  let told = false;
  for (;;) {
    if (options.signal?.aborted === true) throw canceled(options.signal.reason);
    const found = await attempt(place, name);
    if (found instanceof Held) return found;
    if (found === 'changed') continue;
    if (!told) options.onWait?.();
    told = true;
    if (found === 'busy') await sleep(RETRY_MS);
    else await closed(found, options.signal);
  }
}

/** The lock; or a connection to who has it, who may be too busy for one; or nothing, since things changed meanwhile. */
type Attempt = Held | Socket | 'busy' | 'changed';

async function attempt(place: Place, name: string): Promise<Attempt> {
  const holder = place.holder(name);
  if (holder === undefined) return set(place, name);
  const reached = await reach(place.path(holder));
  if (reached !== 'gone') return reached;
  await removeDead(place, name, holder);
  return 'changed';
}

async function set(place: Place, name: string): Promise<Held | 'changed'> {
  const own = randomBytes(12).toString('hex');
  const waiting = new Set<Socket>();
  const server = createServer((socket) => {
    waiting.add(socket);
    socket.on('error', () => undefined).on('close', () => waiting.delete(socket));
    socket.resume();
  });
  await listenAt(server, place.path(own)).catch(noSockets);
  try {
    symlinkSync(own, place.link(name));
    return new Held(server, waiting, place.link(name));
  } catch (thrown) {
    await new Promise<void>((resolve) => server.close(() => resolve()));
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return 'changed';
    throw new CtError('internal', `cannot take a lock: ${(thrown as Error).message}`, {
      cause: thrown,
    });
  }
}

function noSockets(thrown: Error): never {
  throw new CtError(
    'failed_precondition',
    `cannot make a socket to take turns: ${thrown.message}`,
    {
      cause: thrown,
      hint: 'ct needs ~/.local/state and $XDG_RUNTIME_DIR on a local file system; XDG_STATE_HOME can name another place',
    },
  );
}

/** Dead, or done at this moment: then the link is gone, too. Source: connect(2), unix(7) */
const GONE: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE']);

/** Connects to a holder, unless nobody listens there any more. */
async function reach(path: string): Promise<Socket | 'busy' | 'gone'> {
  const socket = connect(path);
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(socket));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (GONE.has(error.code ?? '')) resolve('gone');
      // More wait than the kernel lets into the holder's queue. Source: connect(2)
      else if (error.code === 'EAGAIN') resolve('busy');
      else reject(error);
    });
  });
}

async function removeDead(place: Place, name: string, dead: string): Promise<void> {
  if (place.holder(name) !== dead) return;
  const held = await take(place, dead, {});
  try {
    if (place.holder(name) === dead) rmSync(place.link(name), { force: true });
    rmSync(place.path(dead), { force: true });
  } finally {
    await held.release();
  }
}

async function closed(socket: Socket, signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      signal?.removeEventListener('abort', done);
      socket.destroy();
      resolve();
    };
    signal?.addEventListener('abort', done, { once: true });
    socket.on('error', done).on('close', done).resume();
    if (signal?.aborted === true || socket.destroyed) done();
  });
}

function canceled(reason: unknown): CtError {
  if (reason instanceof CtError) return reason;
  const why = reason instanceof Error ? reason.message : String(reason);
  return new CtError('canceled', `stopped while waiting for another ct: ${why}`, { cause: reason });
}
