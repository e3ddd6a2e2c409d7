import { StandbyPool } from '../session/standby/pool.ts';
import { STANDBY_METHODS, checkedClaim, checkedWish } from '../session/standby/wish.ts';
import type { DaemonPart } from './part.ts';
import type { Handler } from './server.ts';

/** Keeps sessions ready, and hands them to the runs that claim them (ADR 0019). */
export class Standbys implements DaemonPart {
  readonly name = 'standbys';
  readonly handlers: DaemonPart['handlers'];
  readonly #pool: StandbyPool;

  /** Confined is a service that may not do all that its account may: systemd's */
  constructor(log: (text: string) => void, isConfined: boolean) {
    const pool = new StandbyPool(log, isConfined);
    this.#pool = pool;
    this.handlers = new Map<string, Handler>([
      [
        STANDBY_METHODS.prepare,
        async (params) => {
          pool.prepare(checkedWish(params));
          return null;
        },
      ],
      [
        STANDBY_METHODS.claim,
        async (params, { closed }) => (await pool.claim(checkedClaim(params), closed)) ?? null,
      ],
    ]);
  }

  get isBusy(): boolean {
    return this.#pool.isBusy;
  }

  status(): Readonly<Record<string, unknown>> {
    return { ready: this.#pool.ready };
  }

  async open(): Promise<void> {
    // Nothing to take up: what waited for an earlier service ended with it.
  }

  async look(): Promise<void> {
    this.#pool.look();
  }

  /** What nobody has claimed ends with the service. */
  async close(): Promise<void> {
    await this.#pool.close();
  }
}
