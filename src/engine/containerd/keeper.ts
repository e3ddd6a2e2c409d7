import { dirname } from 'node:path';
import { chmodSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { removeQuietly } from '../../host/files.ts';
import { listenAt } from '../../host/listen.ts';
import { withLock } from '../../host/lock.ts';
import { reach } from '../../host/reach.ts';
import type { Place } from './backend.ts';
import { Kept } from './kept.ts';
import { allKept, keeperSocket } from './marks.ts';

/** What the keeper works with. */
export interface KeeperWish {
  readonly place: Pick<Place, 'ioDir'>;
  /** Whether a container still runs; takes away what is left of one that ended */
  readonly runs: (id: string) => Promise<boolean>;
}

/** Time for a first container to come, `ms` */
const PATIENCE_MS = 15_000;
const LOOK_MS = 500;

/**
 * Reads what containers write whom nobody follows, until the last of them has ended: they never wait, and
 * whoever attaches sees what came last. It is in memory only: what an agent prints is nowhere on disk.
 *
 * Asked by a line over a socket, `keep ID` or `take ID`; the answer is two lengths (of stdout and stderr,
 * 32 bits each) and as many bytes. Who took reads on by himself until he hangs up.
 *
 * Resolves at the end; at once when there is a keeper already.
 */
export async function runKeeper(wish: KeeperWish): Promise<void> {
  const keeper = new Keeper(wish);
  if (!(await keeper.listen())) return;
  keeper.takeUpMarked();
  for (const started = performance.now(); ; await sleep(LOOK_MS)) {
    if (!keeper.isIdle || performance.now() - started < PATIENCE_MS) continue;
    await keeper.close();
    // One that came in this very moment may have asked in vain.
    if (!keeper.hasMissed() || !(await keeper.listen())) return;
    keeper.takeUpMarked();
  }
}

class Keeper {
  readonly #wish: KeeperWish;
  readonly #kept = new Map<string, Kept>();
  /** What is left of these is for the engine to take away */
  readonly #ended = new Set<string>();
  #server: Server | undefined;
  #asking = 0;

  constructor(wish: KeeperWish) {
    this.#wish = wish;
  }

  get isIdle(): boolean {
    return this.#kept.size === 0 && this.#asking === 0;
  }

  /** Whether this is now the one that keeps. */
  listen(): Promise<boolean> {
    const path = keeperSocket(this.#wish.place);
    return withLock({ dir: dirname(path), name: 'keeper' }, {}, async () => {
      const other = await reach(path);
      other?.destroy();
      if (other !== undefined) return false;
      removeQuietly(path);
      const server = createServer((socket) => this.#onClient(socket));
      await listenAt(server, path);
      chmodSync(path, 0o600);
      this.#server = server;
      return true;
    });
  }

  async close(): Promise<void> {
    removeQuietly(keeperSocket(this.#wish.place));
    const server = this.#server;
    await new Promise<void>((resolve) => server?.close(() => resolve()));
  }

  /** Those that another keeper left when it was killed. */
  takeUpMarked(): void {
    for (const id of this.#unknown()) {
      const kept = this.#keep(id);
      if (kept !== undefined) void this.#endUnlessRuns(id);
    }
  }

  /** Whether there is one that nobody reads. */
  hasMissed(): boolean {
    return this.#unknown().length > 0;
  }

  #unknown(): readonly string[] {
    return allKept(this.#wish.place).filter((id) => !this.#kept.has(id) && !this.#ended.has(id));
  }

  #keep(id: string): Kept | undefined {
    const known = this.#kept.get(id);
    if (known !== undefined) return known;
    const kept = new Kept(`${this.#wish.place.ioDir}/${id}`, () => void this.#onEnd(id));
    if (!kept.read()) return undefined;
    this.#kept.set(id, kept);
    return kept;
  }

  /** Its output ended, which it does with the container: then the engine is asked, and it is gone. */
  async #onEnd(id: string): Promise<void> {
    // An engine that cannot be asked will clean up when it is used again.
    const runs = (): Promise<boolean> => this.#wish.runs(id).catch(() => false);
    for (let pauseMs = 50; await runs(); pauseMs = Math.min(pauseMs * 2, 5_000)) {
      await sleep(pauseMs);
    }
    this.#kept.get(id)?.drop();
    this.#kept.delete(id);
    this.#ended.add(id);
  }

  /** It may have ended while nobody read: a FIFO without a writer has no end. */
  async #endUnlessRuns(id: string): Promise<void> {
    if (!(await this.#wish.runs(id).catch(() => true))) await this.#onEnd(id);
  }

  #onClient(socket: Socket): void {
    this.#asking += 1;
    let line = '';
    const onData = (chunk: Buffer): void => {
      line += chunk.toString('latin1');
      if (!line.includes('\n') && line.length < 200) return;
      socket.off('data', onData).resume();
      const [, verb, id = ''] = /^(keep|take) ([A-Za-z0-9][A-Za-z0-9._-]*)\n$/u.exec(line) ?? [];
      this.#answer(socket, verb, id);
    };
    socket
      .on('error', () => undefined)
      .once('close', () => (this.#asking -= 1))
      .on('data', onData);
  }

  #answer(socket: Socket, verb: string | undefined, id: string): void {
    const kept = verb === undefined ? undefined : this.#keep(id);
    if (kept === undefined || (verb === 'take' && kept.isLent)) return void socket.destroy();
    const empty = Buffer.alloc(0);
    const [out, err] = verb === 'take' ? kept.lend() : [empty, empty];
    const lengths = Buffer.alloc(8);
    lengths.writeUInt32BE(out.length, 0);
    lengths.writeUInt32BE(err.length, 4);
    socket.write(Buffer.concat([lengths, out, err]));
    if (verb === 'take') socket.once('close', () => void this.#takeBack(id, kept));
  }

  async #takeBack(id: string, kept: Kept): Promise<void> {
    await (kept.read() ? this.#endUnlessRuns(id) : this.#onEnd(id));
  }
}
