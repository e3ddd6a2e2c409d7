import { CtError } from '../../base/errors.ts';
import { ownerState } from '../../host/process.ts';
import { LABEL } from '../../plan/labels.ts';
import { standbyDigest } from '../../plan/standby.ts';
import { AtWork } from './at-work.ts';
import { noteClaim } from './claims.ts';
import { discard, park, type Parked } from './park.ts';
import { readyOf, type ReadySession } from './ready.ts';
import { hasEnded, isTooOld, whyStale } from './stale.ts';
import type { CheckedClaim, ClaimReply, StandbyWish } from './wish.ts';

/**
 * Sessions that wait at their gates, at most one for each plan and `[daemon] standby` in all. One serves
 * one run: it leaves the pool before anybody is told of it. What has become too old, has ended, or would
 * not be made the same today is thrown away.
 */
export class StandbyPool {
  /** What went wrong, for the service's log */
  readonly #log: (text: string) => void;
  readonly #parked = new Map<string, Parked>();
  readonly #work: AtWork;
  readonly #isConfined: boolean;

  constructor(log: (text: string) => void, isConfined: boolean) {
    this.#log = log;
    this.#isConfined = isConfined;
    this.#work = new AtWork(log, 'no standby');
  }

  /** Sessions that are ready, as a person may see them */
  get ready(): readonly ReadySession[] {
    return [...this.#parked.values()].map(({ plan }) => readyOf(plan));
  }

  /** How many are being prepared */
  get preparing(): number {
    return this.#work.coming.size;
  }

  /** Whether the service has a reason to stay. */
  get isBusy(): boolean {
    return this.#parked.size + this.#work.count > 0;
  }

  /** Begins to prepare one; what goes wrong is in the log. */
  prepare(wish: StandbyWish): void {
    const digest = standbyDigest(wish.plan);
    if (wish.count === 0 || this.#parked.has(digest)) return;
    this.#work.prepare(digest, (signal) => this.#prepare(digest, wish, signal));
  }

  /** Nobody wants those that are being prepared. Resolves when they are gone. */
  callOff(): Promise<void> {
    return this.#work.callOff();
  }

  async #prepare(digest: string, wish: StandbyWish, signal: AbortSignal): Promise<void> {
    const parked = await park(wish, { isConfined: this.#isConfined });
    if (signal.aborted) return discard(parked);
    this.#parked.set(digest, parked);
    this.#keepAtMost(wish.count);
  }

  /**
   * The standby for a run, which is the run's from now on; `undefined` when there is none. `over` settles
   * when the run has taken hold of it, or is gone.
   */
  async claim(
    { digest, instance, surroundings, owner }: CheckedClaim,
    over: Promise<void>,
  ): Promise<ClaimReply | undefined> {
    const parked = this.#parked.get(digest);
    const labels = parked?.plan.container.labels;
    if (parked === undefined || labels?.[LABEL.instance] !== instance) return undefined;
    if (parked.surroundings !== surroundings) return undefined;
    this.#parked.delete(digest);
    const why = await whyStale(parked);
    if (why !== undefined) {
      this.#throwAway(parked, why);
      return undefined;
    }
    const { plan, id, pid, startTicks, warnings } = parked;
    try {
      noteClaim(parked.context.paths.stateDir, plan.session, owner);
    } catch (thrown) {
      this.#throwAway(parked, CtError.from(thrown).message);
      return undefined;
    }
    void over.then(() => {
      if (ownerState(owner) === 'dead') this.#throwAway(parked, 'its run has ended');
      else this.#letGo(parked);
    });
    return { session: plan.session, id, pid, startTicks, warnings };
  }

  /** Throws all away, and resolves when they are gone. */
  async close(): Promise<void> {
    for (const parked of this.#parked.values()) this.#throwAway(parked, 'the service ends');
    await this.#work.close();
  }

  /** The newest stay. */
  #keepAtMost(count: number): void {
    const tooMany = [...this.#parked.values()].slice(0, Math.max(0, this.#parked.size - count));
    for (const parked of tooMany) this.#throwAway(parked, 'a newer one has its place');
  }

  /** Throws away those that nobody came for, and forgets what has ended. */
  look(): void {
    for (const parked of this.#parked.values()) {
      if (hasEnded(parked)) this.#throwAway(parked, 'it has ended');
      else if (isTooOld(parked)) this.#throwAway(parked, 'nobody came for it');
    }
  }

  #throwAway(parked: Parked, why: string): void {
    if (this.#parked.get(parked.digest) === parked) this.#parked.delete(parked.digest);
    this.#log(`standby ${parked.plan.session} of ${parked.plan.agent} ends: ${why}`);
    this.#work.add('throw away', () => discard(parked));
  }

  /** The run has its own end of the gate. */
  #letGo({ gate, context }: Parked): void {
    gate.abandon();
    this.#work.add('close', () => context.close());
  }
}
