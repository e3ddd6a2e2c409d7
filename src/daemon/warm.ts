import { WarmPool } from '../session/warm/pool.ts';
import {
  WARM_METHODS,
  checkedJoin,
  checkedWarmClaim,
  checkedWarmWish,
} from '../session/warm/wish.ts';
import type { DaemonPart } from './part.ts';
import type { Handler } from './server.ts';

/** Keeps warm sessions, and lets runs in (ADR 0021). */
export class WarmSessions implements DaemonPart {
  readonly name = 'warm';
  readonly handlers: DaemonPart['handlers'];
  readonly #pool: WarmPool;

  constructor(log: (text: string) => void) {
    const pool = new WarmPool(log);
    this.#pool = pool;
    this.handlers = new Map<string, Handler>([
      [
        WARM_METHODS.prepare,
        async (params) => {
          pool.prepare(checkedWarmWish(params));
          return null;
        },
      ],
      [
        WARM_METHODS.claim,
        async (params, { closed }) => (await pool.claim(checkedWarmClaim(params), closed)) ?? null,
      ],
      [WARM_METHODS.join, async (params, { closed }) => pool.join(checkedJoin(params), closed)],
    ]);
  }

  get isBusy(): boolean {
    return this.#pool.isBusy;
  }

  status(): Readonly<Record<string, unknown>> {
    return { ready: this.#pool.ready };
  }

  async open(): Promise<void> {
    // Nothing to take up: what an earlier service kept ended with it, or ends with the run that is in it.
  }

  async look(): Promise<void> {
    this.#pool.look();
  }

  /** What nobody is in ends with the service. */
  async close(): Promise<void> {
    await this.#pool.close();
  }
}
