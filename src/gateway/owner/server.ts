import { chmodSync, existsSync, readdirSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { CtError } from '../../base/errors.ts';
import { ensurePrivateDir, removeQuietly, writeFileAtomic } from '../../host/files.ts';
import { LineReader } from '../../host/lines.ts';
import { withLock } from '../../host/lock.ts';
import { isOver, readStat } from '../../host/process.ts';
import { reach } from '../../host/reach.ts';
import {
  serveSession,
  type ServedSession,
  type ServePlace,
  type ServeWish,
} from '../served-session.ts';
import { readRemembered, type Remembered } from './remembered.ts';
import { surroundingsOf } from './surroundings.ts';
import {
  ownerSocket,
  servedDir,
  servedFile,
  type OwnerGo,
  type OwnerReply,
  type OwnerRequest,
} from './place.ts';

/** How the serving process ends. */
export interface OwnerOptions {
  /** Stays without sessions too, as a service does */
  readonly stay: boolean;
}

const LOOK_MS = 500;
/** Time for a first session to come, `ms` */
const PATIENCE_MS = 15_000;
const ASK_MS = 5_000;

/**
 * Serves sessions that have no other owner, until the last of them has ended. Sessions that an earlier
 * such process left when it was killed are taken up again first.
 *
 * Resolves at the end, or when another process takes them; at once when there is such a process already.
 */
export async function runOwner(place: ServePlace, options: OwnerOptions): Promise<void> {
  const owner = await Owner.open(place);
  if (owner === undefined) return;
  const started = performance.now();
  while (!owner.hasLeft) {
    owner.endFinished();
    const isIdle = owner.isEmpty && performance.now() - started > PATIENCE_MS;
    if (!options.stay && isIdle) await owner.leave();
    else await Promise.race([sleep(LOOK_MS), owner.left]);
  }
}

interface Entry {
  readonly wish: Remembered;
  readonly session: ServedSession;
}

/** A process that serves sessions, as those who ask it see it. */
export class Owner {
  readonly #place: ServePlace;
  readonly #served = new Map<string, Entry>();
  /** Sessions that are over, while their last records are written */
  readonly #ending = new Map<string, Promise<void>>();
  readonly #watchers = new Set<Socket>();
  readonly #server: Server;
  #pending = 0;
  #leaving: Promise<void> | undefined;
  #setLeft = (): void => undefined;
  /** Settles when it has left its sessions to another process */
  readonly left = new Promise<void>((resolve) => (this.#setLeft = resolve));

  private constructor(place: ServePlace) {
    this.#place = place;
    this.#server = createServer({ allowHalfOpen: true }, (socket) => void this.#onClient(socket));
  }

  /**
   * Begins to serve: first what was left by one that is gone. `undefined` when another process does it
   * already.
   */
  static async open(place: ServePlace): Promise<Owner | undefined> {
    const owner = new Owner(place);
    if (!(await owner.#listen())) return undefined;
    await owner.#takeUpAgain();
    return owner;
  }

  get isEmpty(): boolean {
    return this.#served.size + this.#ending.size + this.#pending === 0;
  }

  /** Whether it serves nobody any more, and never will. */
  get hasLeft(): boolean {
    return this.#leaving !== undefined;
  }

  /** Ids of the sessions that are served. */
  get sessions(): readonly string[] {
    return [...this.#served.keys()];
  }

  /** Lets the networks go whose sessions are over. */
  endFinished(): void {
    for (const id of this.#served.keys()) void this.#finish(id);
  }

  /**
   * Stops serving, without an end to any session: who watches over one is told, and others can be taken up
   * by the next process that serves. Resolves when the place is free.
   */
  leave(): Promise<void> {
    this.#leaving ??= this.#leave();
    return this.#leaving;
  }

  async #leave(): Promise<void> {
    this.#server.close();
    await Promise.all([...this.#served.values()].map(({ session }) => session.end()));
    await Promise.all(this.#ending.values());
    removeQuietly(ownerSocket(this.#place.runtimeDir));
    for (const socket of this.#watchers) {
      this.#reply(socket, { v: 1, ok: true });
      socket.destroySoon();
    }
    this.#setLeft();
  }

  async #listen(): Promise<boolean> {
    const { runtimeDir } = this.#place;
    const path = ownerSocket(runtimeDir);
    ensurePrivateDir(`${runtimeDir}/ct`);
    // Two that start at once must not each remove the other's socket.
    return withLock({ dir: `${runtimeDir}/ct`, name: 'network' }, {}, async () => {
      const other = await reach(path);
      other?.destroy();
      if (other !== undefined) return false;
      removeQuietly(path);
      return new Promise<boolean>((resolve) => {
        this.#server.once('error', () => resolve(false));
        this.#server.listen(path, () => {
          chmodSync(path, 0o600);
          resolve(true);
        });
      });
    });
  }

  async #takeUpAgain(): Promise<void> {
    const dir = servedDir(this.#place.runtimeDir);
    if (!existsSync(dir)) return;
    for (const name of readdirSync(dir)) {
      const wish = readRemembered(`${dir}/${name}`);
      if (wish === undefined || readStat(wish.pid)?.startTicks !== wish.startTicks) {
        removeQuietly(`${dir}/${name}`);
      } else if (wish.isWatched !== true) {
        // One that cannot be taken up stays without a network; the others shall have theirs.
        await this.#serve(nextGeneration(wish)).catch(() => undefined);
      }
    }
  }

  /**
   * Ends a session's network if the session is over; resolves when its log is complete, whoever saw the end
   * first.
   */
  async #finish(id: string): Promise<void> {
    const found = this.#served.get(id);
    if (found === undefined || !isOver(found.wish.pid)) return this.#ending.get(id);
    this.#served.delete(id);
    removeQuietly(this.#fileOf(id));
    const ending = found.session.end().finally(() => this.#ending.delete(id));
    this.#ending.set(id, ending);
    return ending;
  }

  async #onClient(socket: Socket): Promise<void> {
    socket.on('error', () => undefined);
    this.#pending += 1;
    const lines = new LineReader(socket);
    try {
      const request = checked(await lines.next(ASK_MS));
      if ('leave' in request) {
        await this.leave();
        this.#reply(socket, { v: 1, ok: true });
        return void socket.end();
      }
      this.#requireSame(request.surroundings);
      const wish = 'serve' in request ? request.serve : request.hold;
      await this.#serve(wish, 'hold' in request ? goOf(lines) : undefined);
      if (this.hasLeft) return void socket.destroy();
      this.#reply(socket, { v: 1, ok: true });
      this.#watch(socket, wish.session);
    } catch (thrown) {
      const { code, message, hint } = CtError.from(thrown);
      this.#reply(socket, { v: 1, error: { code, message, hint } });
      socket.end();
    } finally {
      this.#pending -= 1;
    }
  }

  #requireSame(surroundings: string | undefined): void {
    if (surroundings === undefined || surroundings === surroundingsOf(this.#place.env)) return;
    throw new CtError('unsupported', 'whoever serves networks here has other proxies');
  }

  /** Who ends the line in good order says that the session is over. */
  #watch(socket: Socket, session: string): void {
    this.#watchers.add(socket);
    socket
      .resume()
      .once('close', () => this.#watchers.delete(socket))
      .once('end', () => void this.#finish(session).finally(() => socket.end()));
  }

  #reply(socket: Socket, reply: OwnerReply): void {
    socket.write(`${JSON.stringify(reply)}\n`);
  }

  /** When `mayServe` settles, if it is given; nothing of it is remembered before. */
  async #serve(wish: ServeWish, mayServe?: Promise<void>): Promise<void> {
    if (this.#served.has(wish.session)) return;
    const startTicks = readStat(wish.pid)?.startTicks;
    if (startTicks === undefined) throw new CtError('not_found', 'the session has ended');
    const session = await serveSession(wish, this.#place, mayServe);
    const remembered: Remembered = { ...wish, startTicks };
    try {
      this.#remember(remembered, wish.policy);
    } catch (thrown) {
      await session.end();
      throw thrown;
    }
    // It was asked for while this process began to leave: whoever comes next serves it.
    if (this.hasLeft) {
      if (wish.isWatched === true) removeQuietly(this.#fileOf(wish.session));
      return session.end();
    }
    session.onPolicy = (policy) => this.#remember(remembered, policy);
    this.#served.set(wish.session, { wish: remembered, session });
  }

  #remember(wish: Remembered, policy: ServeWish['policy']): void {
    ensurePrivateDir(servedDir(this.#place.runtimeDir));
    writeFileAtomic(this.#fileOf(wish.session), JSON.stringify({ ...wish, policy }));
  }

  #fileOf(session: string): string {
    return servedFile(this.#place.runtimeDir, session);
  }
}

/** The names that it had are forgotten: none of their addresses may come to mean another one. */
function nextGeneration(wish: Remembered): Remembered {
  return { ...wish, generation: (wish.generation ?? 0) + 1 };
}

/** Only this account can reach the socket; what is checked is that both sides mean the same. */
function checked(request: unknown): OwnerRequest {
  const { v, ...given } = (request ?? {}) as {
    v?: unknown;
    leave?: unknown;
    serve?: ServeWish;
    hold?: ServeWish;
    surroundings?: string;
  };
  if (v === 1 && given.leave === true) return { v, leave: true };
  const { serve, hold, surroundings } = given;
  const wish = serve ?? hold;
  if (v !== 1 || wish === undefined || !/^[0-9a-z-]+$/u.test(wish.session)) {
    throw new CtError('invalid_argument', 'not a request of this version of ct', {
      hint: 'a ct of another version serves networks here: end its sessions first',
    });
  }
  const question = { v, ...(surroundings === undefined ? {} : { surroundings }) } as const;
  return serve === undefined ? { ...question, hold: wish } : { ...question, serve };
}

/** Settles when the asker says so. Errors: unavailable when it hangs up · invalid_argument for another line */
function goOf(lines: LineReader): Promise<void> {
  const may = lines.next().then((line) => {
    if ((line as Partial<OwnerGo> | null)?.go === true) return;
    throw new CtError('invalid_argument', 'not a line of this version of ct');
  });
  // It may fail while the network is being made, which then finds out.
  may.catch(() => undefined);
  return may;
}
