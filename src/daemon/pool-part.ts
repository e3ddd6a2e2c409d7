import type { ReadySession } from '../session/standby/ready.ts';
import type { DaemonPart } from './part.ts';

/** Sessions that the service keeps for runs to come. */
export interface KeptSessions {
  readonly ready: readonly ReadySession[];
  readonly preparing: number;
  readonly isBusy: boolean;
  look(): void;
  close(): Promise<void>;
}

/** The part of the service that keeps such sessions. */
export class PoolPart implements DaemonPart {
  readonly name: string;
  readonly handlers: DaemonPart['handlers'];
  readonly #pool: KeptSessions;

  constructor(name: string, pool: KeptSessions, handlers: DaemonPart['handlers']) {
    this.name = name;
    this.handlers = handlers;
    this.#pool = pool;
  }

  get isBusy(): boolean {
    return this.#pool.isBusy;
  }

  status(): Readonly<Record<string, unknown>> {
    const { ready, preparing } = this.#pool;
    return { ready, preparing };
  }

  async open(): Promise<void> {
    // Nothing to take up: what an earlier service kept ended with it, or ends with the run that is in it.
  }

  async look(): Promise<void> {
    this.#pool.look();
  }

  /** What nobody has claimed ends with the service. */
  async close(): Promise<void> {
    await this.#pool.close();
  }
}
