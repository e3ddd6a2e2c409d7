import { CtError } from '../../base/errors.ts';

/** Work of the service that nobody waits for: what goes wrong is in its log. */
export class AtWork {
  readonly #log: (text: string) => void;
  readonly #running = new Set<Promise<void>>();
  #lastTrouble = '';

  constructor(log: (text: string) => void) {
    this.#log = log;
  }

  /** How much goes on */
  get count(): number {
    return this.#running.size;
  }

  /** Begins it; `what` stands before the reason when it fails. */
  add(what: string, work: () => Promise<void>): void {
    const done = work()
      .catch((thrown: unknown) => this.tell(`${what}: ${CtError.from(thrown).message}`))
      .finally(() => this.#running.delete(done));
    this.#running.add(done);
  }

  /** Says what is wrong, the same once: each run asks again. */
  tell(trouble: string): void {
    if (trouble !== this.#lastTrouble) this.#log(trouble);
    this.#lastTrouble = trouble;
  }

  /** It works again: the same trouble would be new. */
  recovered(): void {
    this.#lastTrouble = '';
  }

  /** Resolves when nothing goes on any more, also of what was begun meanwhile. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }
}
