import { askToLeave } from '../gateway/owner/client.ts';
import { Owner } from '../gateway/owner/server.ts';
import type { ServePlace } from '../gateway/served-session.ts';
import type { DaemonPart } from './part.ts';

/** Serves the networks of sessions, as `ct internal serve` does without a service (ADR 0013). */
export class Networks implements DaemonPart {
  readonly name = 'networks';
  readonly handlers: DaemonPart['handlers'] = new Map();
  readonly #place: ServePlace;
  #owner: Owner | undefined;

  constructor(place: ServePlace) {
    this.#place = place;
  }

  get isBusy(): boolean {
    return this.#owner?.isEmpty === false;
  }

  status(): Readonly<Record<string, unknown>> {
    return { serves: this.#owner !== undefined, sessions: this.#owner?.sessions ?? [] };
  }

  /** What another process serves is taken over from it. */
  async open(): Promise<void> {
    // One of an earlier version does not know how to leave: its sessions stay with it.
    await askToLeave(this.#place.runtimeDir).catch(() => false);
    this.#owner = await Owner.open(this.#place);
  }

  async look(): Promise<void> {
    if (this.#owner === undefined || this.#owner.hasLeft) {
      this.#owner = await Owner.open(this.#place);
    }
    this.#owner?.endFinished();
  }

  async close(): Promise<void> {
    await this.#owner?.leave();
  }
}
