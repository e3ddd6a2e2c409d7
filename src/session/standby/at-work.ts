import { freemem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { CtError } from '../../base/errors.ts';

/** The run that asks has just begun, and may be a short one: the engine is its own until then, `ms` */
const AFTER_MS = 250;
/** Nothing is prepared on a host with less free memory, `bytes`: such a session needs 10 MB, its agent more */
const MIN_FREE_BYTES = 256 * 1024 * 1024;

/** Work of the service that nobody waits for, most of it sessions for runs to come: what goes wrong is in its log. */
export class AtWork {
  readonly #log: (text: string) => void;
  /** What is missing when nothing can be prepared, in words */
  readonly #missing: string;
  readonly #running = new Set<Promise<void>>();
  /** What is being prepared, and how it is called off */
  readonly #coming = new Map<string, AbortController>();
  #isClosed = false;
  #lastTrouble = '';

  constructor(log: (text: string) => void, missing: string) {
    this.#log = log;
    this.#missing = missing;
  }

  /** How much goes on */
  get count(): number {
    return this.#running.size;
  }

  /** Keys of what is being prepared */
  get coming(): ReadonlySet<string> {
    return new Set(this.#coming.keys());
  }

  /** Whether the service ends: then nothing is begun, and what is ready by then is given up. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * Prepares something, once at a time for each key, when the run that asked has had its start. `make` gives up
   * what it has made when the signal says by then that nobody wants it any more.
   */
  prepare(key: string, make: (signal: AbortSignal) => Promise<void>): void {
    if (this.#isClosed || this.#coming.has(key)) return;
    if (freemem() < MIN_FREE_BYTES) {
      this.#tell(`${this.#missing}: less than 256 MiB of memory are free`);
      return;
    }
    const wanted = new AbortController();
    this.#coming.set(key, wanted);
    this.add(this.#missing, async () => {
      try {
        if (await isStillWanted(AFTER_MS, wanted.signal)) await make(wanted.signal);
        // It works again: the same trouble would be new.
        this.#lastTrouble = '';
      } finally {
        this.#coming.delete(key);
      }
    });
  }

  /** Nobody wants what is being prepared. Resolves when nothing of it is left. */
  async callOff(): Promise<void> {
    for (const wanted of this.#coming.values()) wanted.abort();
    while (this.#coming.size > 0) await Promise.race(this.#running);
  }

  /** Begins something; `what` stands before the reason when it fails. */
  add(what: string, work: () => Promise<void>): void {
    const done = work()
      .catch((thrown: unknown) => this.#tell(`${what}: ${CtError.from(thrown).message}`))
      .finally(() => this.#running.delete(done));
    this.#running.add(done);
  }

  /** Resolves when nothing goes on any more, also of what was begun meanwhile. Nothing is prepared from then on. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.callOff();
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** Says what is wrong, the same once: each run asks again. */
  #tell(trouble: string): void {
    if (trouble !== this.#lastTrouble) this.#log(trouble);
    this.#lastTrouble = trouble;
  }
}

/** Whether nobody called it off until then, `ms` */
async function isStillWanted(ms: number, signal: AbortSignal): Promise<boolean> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}
