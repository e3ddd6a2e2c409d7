import { chmodSync, existsSync, readdirSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { CtError } from '../../base/errors.ts';
import { ensurePrivateDir, removeQuietly, writeFileAtomic } from '../../host/files.ts';
import { readLine } from '../../host/lines.ts';
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
import { ownerSocket, servedDir, servedFile, type AdoptReply, type AdoptRequest } from './place.ts';

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
 * Resolves at the end; at once when there is such a process already.
 */
export async function runOwner(place: ServePlace, options: OwnerOptions): Promise<void> {
  const owner = new Owner(place);
  if (!(await owner.listen())) return;
  await owner.takeUpAgain();
  const started = performance.now();
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      owner.endFinished();
      const isIdle = owner.isEmpty && performance.now() - started > PATIENCE_MS;
      if (options.stay || !isIdle) return;
      clearInterval(timer);
      resolve();
    }, LOOK_MS);
  });
  owner.close();
}

class Owner {
  readonly #place: ServePlace;
  readonly #served = new Map<
    string,
    { readonly wish: Remembered; readonly session: ServedSession }
  >();
  /** Sessions that are over, while their last records are written */
  readonly #ending = new Map<string, Promise<void>>();
  readonly #server: Server;
  #pending = 0;

  constructor(place: ServePlace) {
    this.#place = place;
    this.#server = createServer({ allowHalfOpen: true }, (socket) => void this.#onClient(socket));
  }

  get isEmpty(): boolean {
    return this.#served.size + this.#ending.size + this.#pending === 0;
  }

  /** Whether this is now the one that serves. */
  async listen(): Promise<boolean> {
    const path = ownerSocket(this.#place.runtimeDir);
    ensurePrivateDir(`${this.#place.runtimeDir}/ct`);
    const other = await reach(path);
    if (other !== undefined) {
      other.destroy();
      return false;
    }
    removeQuietly(path);
    return new Promise((resolve) => {
      this.#server.once('error', () => resolve(false));
      this.#server.listen(path, () => {
        chmodSync(path, 0o600);
        resolve(true);
      });
    });
  }

  async takeUpAgain(): Promise<void> {
    const dir = servedDir(this.#place.runtimeDir);
    if (!existsSync(dir)) return;
    for (const name of readdirSync(dir)) {
      const wish = readRemembered(`${dir}/${name}`);
      if (wish === undefined || readStat(wish.pid)?.startTicks !== wish.startTicks) {
        removeQuietly(`${dir}/${name}`);
      } else {
        // One that cannot be taken up stays without a network; the others shall have theirs.
        await this.#serve(nextGeneration(wish)).catch(() => undefined);
      }
    }
  }

  endFinished(): void {
    for (const id of this.#served.keys()) void this.#finish(id);
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

  close(): void {
    this.#server.close();
    removeQuietly(ownerSocket(this.#place.runtimeDir));
  }

  async #onClient(socket: Socket): Promise<void> {
    socket.on('error', () => undefined);
    this.#pending += 1;
    try {
      const { serve, surroundings } = checked(await readLine(socket, ASK_MS));
      this.#requireSame(surroundings);
      await this.#serve(serve);
      this.#reply(socket, { v: 1, ok: true });
      // Who ends the line in good order says that the session is over.
      socket
        .resume()
        .once('end', () => void this.#finish(serve.session).finally(() => socket.end()));
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
    throw new CtError('failed_precondition', 'whoever serves networks here has other proxies');
  }

  #reply(socket: Socket, reply: AdoptReply): void {
    socket.write(`${JSON.stringify(reply)}\n`);
  }

  async #serve(wish: ServeWish): Promise<void> {
    if (this.#served.has(wish.session)) return;
    const startTicks = readStat(wish.pid)?.startTicks;
    if (startTicks === undefined) throw new CtError('not_found', 'the session has ended');
    const session = await serveSession(wish, this.#place);
    const remember = (policy: ServeWish['policy']): void => {
      ensurePrivateDir(servedDir(this.#place.runtimeDir));
      writeFileAtomic(
        this.#fileOf(wish.session),
        JSON.stringify({ ...wish, policy, startTicks } satisfies Remembered),
      );
    };
    remember(wish.policy);
    session.onPolicy = remember;
    this.#served.set(wish.session, { wish: { ...wish, startTicks }, session });
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
function checked(request: unknown): AdoptRequest {
  const { v, serve, surroundings } = (request ?? {}) as Partial<AdoptRequest>;
  if (v !== 1 || serve === undefined || !/^[0-9a-z-]+$/u.test(serve.session)) {
    throw new CtError('invalid_argument', 'not a request of this version of ct', {
      hint: 'a ct of another version serves networks here: end its sessions first',
    });
  }
  return { v, serve, ...(surroundings === undefined ? {} : { surroundings }) };
}
