import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { CtError } from '../../base/errors.ts';
import type { SignalName } from '../../base/exit.ts';
import { firstChild, signalProgram } from '../../host/job.ts';
import { isOver, readStat } from '../../host/process.ts';
import { AtWork } from '../standby/at-work.ts';
import { endLeft, forgetWaiting, noteWaiting } from './left.ts';
import { dismiss, prepareLauncher, stillWaits, type Launcher } from './prepare.ts';
import { relayProgram } from './relay.ts';
import type { LauncherClaim, LauncherReply, LauncherWish } from './wish.ts';

/** How long one waits after the last exec in its session, `ms` */
const AGE_MS = 10 * 60_000;
/** Sessions that have one, at most: the newest stay */
const MOST = 16;
/** How long the status of a program that has ended is kept for who started it, `ms` */
const STATUS_MS = 60_000;
/** How long a launcher takes to begin what it was told, at most, `ms` */
const BEGIN_MS = 500;
/** How long programs whose bytes the service carries hold up its leaving, `ms` */
const LINGER_MS = 20_000;

/** A program that has been begun. */
interface Running {
  readonly launcher: Launcher;
  /** How it ends; the engine is asked once */
  readonly status: () => Promise<number>;
}

/**
 * Launchers, at most one for each session. One serves one `ct exec`, which it leaves the pool for; the next is
 * prepared then. Sessions in which nobody has used `ct exec` for a while have none.
 */
export class LauncherPool {
  /** What went wrong, for the service's log */
  readonly #log: (text: string) => void;
  readonly #waiting = new Map<string, { readonly launcher: Launcher; readonly untilMs: number }>();
  readonly #running = new Map<string, Running>();
  readonly #carried = new Set<Promise<void>>();
  readonly #work: AtWork;
  readonly #isConfined: boolean;
  #leave = (): void => undefined;
  /** Settles when nobody waits any more for how programs end */
  readonly #leaving = new Promise<void>((resolve) => (this.#leave = resolve));

  constructor(log: (text: string) => void, isConfined: boolean) {
    this.#log = log;
    this.#isConfined = isConfined;
    this.#work = new AtWork(log, 'no program ready for an exec');
  }

  /** Ids of the sessions that have one */
  get ready(): readonly string[] {
    return [...this.#waiting.values()].map(({ launcher }) => launcher.wish.session);
  }

  /** Programs whose bytes are carried */
  get running(): number {
    return this.#carried.size;
  }

  /** Whether the service has a reason to stay. */
  get isBusy(): boolean {
    return this.#waiting.size + this.#work.count + this.#carried.size > 0;
  }

  /** Ends what an earlier service left. */
  open(runtimeDir: string): void {
    endLeft(runtimeDir);
  }

  /** Begins to prepare one, if the session has none; what goes wrong is in the log. */
  prepare(wish: LauncherWish): void {
    const key = keyOf(wish);
    const there = this.#waiting.get(key);
    if (there !== undefined && stillWaits(there.launcher)) return;
    this.#work.prepare(key, async (signal) => {
      if (isOver(wish.about.pid)) return;
      const launcher = await prepareLauncher(wish, { isConfined: this.#isConfined });
      if (signal.aborted) return dismiss(launcher);
      this.#drop(key);
      noteWaiting(launcher);
      this.#waiting.set(key, { launcher, untilMs: performance.now() + AGE_MS });
      for (const old of [...this.#waiting.keys()].slice(0, -MOST)) this.#drop(old);
    });
  }

  /** The launcher of a session, which carries the program of who asked from now on; `undefined` when there is none. */
  claim(claim: LauncherClaim, socket: Socket): LauncherReply | undefined {
    const key = keyOf(claim);
    const launcher = this.#waiting.get(key)?.launcher;
    if (launcher === undefined || this.#work.isClosed) return undefined;
    if (!stillWaits(launcher)) {
      this.#drop(key);
      return undefined;
    }
    this.#waiting.delete(key);
    forgetWaiting(launcher);
    const token = randomUUID();
    const running = runningOf(launcher);
    this.#running.set(token, running);
    const carried = this.#carry(token, running, socket).finally(() =>
      this.#carried.delete(carried),
    );
    this.#carried.add(carried);
    this.prepare(launcher.wish);
    return { about: launcher.wish.about, token };
  }

  /** Sends a signal to a program; `false` when that cannot be done. */
  async signal(token: string, signal: SignalName): Promise<boolean> {
    const running = this.#running.get(token);
    return running !== undefined && signalBegun(running.launcher, signal);
  }

  /** Its exit status, once its output has ended. Errors: not_found, and those of the engine */
  async wait(token: string): Promise<number> {
    const running = this.#running.get(token);
    if (running === undefined) throw new CtError('not_found', 'there is no such program');
    return running.status();
  }

  /** Lets those go that nobody came for, and those whose session has ended. */
  look(): void {
    for (const [key, { launcher, untilMs }] of this.#waiting) {
      if (performance.now() > untilMs || !stillWaits(launcher)) this.#drop(key);
    }
  }

  /** Those that wait are let go; programs that run have some time to come to their end. */
  async close(): Promise<void> {
    const closing = this.#work.close();
    for (const key of this.#waiting.keys()) this.#drop(key);
    const enough = new AbortController();
    const linger = sleep(LINGER_MS, undefined, { signal: enough.signal }).catch(() => undefined);
    await Promise.race([Promise.all(this.#carried), linger]);
    enough.abort();
    this.#leave();
    if (this.#carried.size > 0) this.#log(`cuts ${this.#carried.size} programs of ct exec off`);
    await closing;
    await this.#work.close();
  }

  async #carry(token: string, { launcher, status }: Running, socket: Socket): Promise<void> {
    const { process, context } = launcher;
    const onUnread = (): void => void signalBegun(launcher, 'SIGPIPE');
    await relayProgram(socket, process, { mark: token, status, onUnread });
    status().catch(() => undefined);
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    if (!socket.destroyed) await closed;
    this.#work.add('close', async () => {
      // The client may have gone long before its program does.
      await Promise.race([status().catch(() => undefined), this.#leaving]);
      // Its client may have been cut off from the line, and ask.
      setTimeout(() => this.#running.delete(token), STATUS_MS).unref();
      await context.close();
    });
  }

  #drop(key: string): void {
    const there = this.#waiting.get(key);
    if (there === undefined) return;
    this.#waiting.delete(key);
    forgetWaiting(there.launcher);
    this.#work.add('let go', () => dismiss(there.launcher));
  }
}

function runningOf(launcher: Launcher): Running {
  let status: Promise<number> | undefined;
  return { launcher, status: () => (status ??= launcher.process.wait()) };
}

/** Sends a signal to what a launcher runs; one that was just told may not have begun it. */
async function signalBegun({ pid, startTicks }: Launcher, signal: SignalName): Promise<boolean> {
  for (const begun = performance.now(); performance.now() - begun < BEGIN_MS;) {
    // Asked after its end, its pid may be somebody else's.
    if (isOver(pid) || readStat(pid)?.startTicks !== startTicks) return false;
    const program = firstChild(pid);
    if (program !== undefined) return signalProgram(program, signal);
    await sleep(5);
  }
  return false;
}

function keyOf({ session, instance, surroundings }: LauncherClaim): string {
  return JSON.stringify([session, instance, surroundings]);
}
