import { lastServed } from '../../gateway/owner/remembered.ts';
import { LABEL } from '../../plan/labels.ts';
import { asWarm, warmDigest } from '../../plan/warm.ts';
import { wishOf } from '../network.ts';
import { AtWork } from '../standby/at-work.ts';
import { forgetClaim, noteClaim } from '../standby/claims.ts';
import { discard, park, type Made, type Parked } from '../standby/park.ts';
import { readyOf, type ReadySession } from '../standby/ready.ts';
import { hasEnded, isTooOld, whyStale } from '../standby/stale.ts';
import { surroundingsKey, type ParkWish } from '../standby/wish.ts';
import { whatIsThere, whatStays } from './left.ts';
import type { CheckedWarmClaim, WarmReply } from './wish.ts';

const WARM: Made = {
  digest: warmDigest,
  plan: asWarm,
  age: ({ daemon }) => daemon.warm_age,
};

/** A warm session, and who is in it. */
interface Warm {
  /** Its time begins again when somebody leaves it */
  parked: Parked;
  readonly ageMs: number;
  /** In how many projects its agent may have one, as configured when this one was made */
  readonly limit: number;
  /** A run is in it, or has just left */
  isTaken: boolean;
  /** Settles when it is known what somebody who has left has left behind */
  released: Promise<void>;
  /** Shells that look around in it */
  joined: number;
}

/**
 * The warm sessions: of each agent, which has a home of its own, at most one in a project and in as many projects as
 * the user wants. One run after another enters it, never two at once, and only while nothing of the one before is
 * left in it. A shell of the user's may join.
 */
export class WarmPool {
  /** What went wrong, for the service's log */
  readonly #log: (text: string) => void;
  readonly #warm = new Map<string, Warm>();
  readonly #work: AtWork;
  readonly #isConfined: boolean;

  constructor(log: (text: string) => void, isConfined: boolean) {
    this.#log = log;
    this.#isConfined = isConfined;
    this.#work = new AtWork(log, 'no warm session');
  }

  /** Those that are there, as a person may see them */
  get ready(): readonly ReadySession[] {
    return [...this.#warm.values()].map(({ parked }) => readyOf(parked.plan));
  }

  /** How many are being made */
  get preparing(): number {
    return this.#work.coming.size;
  }

  /** Whether the service has a reason to stay. */
  get isBusy(): boolean {
    return this.#warm.size + this.#work.count > 0;
  }

  /**
   * Begins to make one, unless the agent has all that it may have: those stay where they are, in their projects. One
   * of the same project that is not what is wished for gives way, when nobody is in it. What goes wrong is in the log.
   */
  prepare(wish: ParkWish): void {
    const { agent, project, container } = wish.plan;
    const agentKey = agentKeyOf(agent, container.labels[LABEL.instance] ?? '');
    const key = agentKey + project.source;
    const isFull = this.#projectsOf(agentKey).size >= wish.config.daemon.warm_projects;
    if (this.#work.coming.has(key) || (isFull && !this.#warm.has(key))) return;
    const there = this.#warm.get(key);
    if (there !== undefined) {
      const why = whyReplaced(there, wish);
      if (why === undefined) return;
      this.#throwAway(key, there, why);
    }
    this.#work.prepare(key, (signal) => this.#prepare(key, wish, signal));
  }

  /** Keys of those of an agent that are there or on their way */
  #projectsOf(agentKey: string): ReadonlySet<string> {
    const keys = [...this.#warm.keys(), ...this.#work.coming];
    return new Set(keys.filter((key) => key.startsWith(agentKey)));
  }

  /** Nobody wants those that are being made. Resolves when they are gone. */
  callOff(): Promise<void> {
    return this.#work.callOff();
  }

  async #prepare(key: string, wish: ParkWish, signal: AbortSignal): Promise<void> {
    const parked = await park(wish, { isConfined: this.#isConfined, made: WARM });
    try {
      await parked.gate.open();
    } catch (thrown) {
      await discard(parked);
      throw thrown;
    }
    if (signal.aborted) return discard(parked);
    const { warm_projects: limit } = wish.config.daemon;
    const ageMs = WARM.age(wish.config) * 1000;
    const released = Promise.resolve();
    this.#warm.set(key, { parked, limit, ageMs, isTaken: false, released, joined: 0 });
  }

  /**
   * Lets a run into the warm session of its agent and project, if it is what the run asks for; `over` settles when the
   * run has left, or is gone. `undefined` when there is none.
   */
  async claim(claim: CheckedWarmClaim, over: Promise<void>): Promise<WarmReply | undefined> {
    const agentKey = agentKeyOf(claim.agent, claim.instance);
    const key = agentKey + claim.project;
    // One run right after the other: a look takes milliseconds, a cold start a second.
    await this.#warm.get(key)?.released;
    const warm = this.#warm.get(key);
    if (warm === undefined) return this.#elsewhere(agentKey);
    if (isOther(warm, claim)) return { kind: 'stale', why: 'it was made from other settings' };
    if (warm.isTaken || warm.joined > 0) return { kind: 'busy' };
    warm.isTaken = true;
    try {
      return await this.#letIn(key, warm, claim, over);
    } catch (thrown) {
      warm.isTaken = false;
      throw thrown;
    }
  }

  /** Where the agent has its warm sessions, if it can have no more of them. */
  #elsewhere(agentKey: string): WarmReply | undefined {
    const others = [...this.#warm].flatMap(([key, warm]) => (key.startsWith(agentKey) ? warm : []));
    const isFull = others.some(({ limit }) => others.length >= limit);
    const projects = others.map(({ parked }) => parked.plan.project.source);
    return isFull ? { kind: 'elsewhere', projects } : undefined;
  }

  async #letIn(
    key: string,
    warm: Warm,
    { owner }: CheckedWarmClaim,
    over: Promise<void>,
  ): Promise<WarmReply> {
    const { plan, id, pid, startTicks, warnings } = warm.parked;
    const why = (await whyStale(warm.parked)) ?? whyRulesDiffer(warm.parked);
    if (why !== undefined) {
      this.#throwAway(key, warm, why);
      return { kind: 'stale', why };
    }
    // Somebody used `ct exec`: a run would have been found out when it left.
    if (whatIsThere(pid) !== undefined) {
      warm.isTaken = false;
      return { kind: 'busy' };
    }
    noteClaim(stateDir(warm), plan.session, owner);
    void over.then(() => this.#left(key, warm));
    return { kind: 'yours', session: plan.session, id, pid, startTicks, warnings };
  }

  /** A shell is in it until `over` settles; `false` when there is no such session. */
  join(session: string, over: Promise<void>): boolean {
    const found = [...this.#warm].find(([, { parked }]) => parked.plan.session === session);
    if (found === undefined) return false;
    const [key, warm] = found;
    warm.joined += 1;
    void over.then(() => {
      warm.joined -= 1;
      if (warm.isTaken || warm.joined > 0) return;
      this.#left(key, warm);
    });
    return true;
  }

  /** The run, or the last shell, is not in it any more. */
  #left(key: string, warm: Warm): void {
    warm.isTaken = true;
    warm.released = new Promise((resolve) => {
      this.#work.add('leave', () => this.#release(key, warm).finally(resolve));
    });
  }

  /** Throws all away that nobody is in, and resolves when they are gone; a run that is in one ends it. */
  async close(): Promise<void> {
    for (const [key, warm] of this.#warm) {
      if (!warm.isTaken) this.#throwAway(key, warm, 'the service ends');
      else this.#work.add('close', () => warm.parked.context.close());
    }
    await this.#work.close();
  }

  /** Throws away those that nobody came for, and forgets what has ended. */
  look(): void {
    for (const [key, warm] of this.#warm) {
      if (hasEnded(warm.parked)) this.#throwAway(key, warm, 'it has ended');
      else if (!warm.isTaken && warm.joined === 0 && isTooOld(warm.parked))
        this.#throwAway(key, warm, 'nobody came for it');
    }
  }

  /** Whoever was in it has left: nothing of him may meet the next. */
  async #release(key: string, warm: Warm): Promise<void> {
    if (this.#work.isClosed || this.#warm.get(key) !== warm) return;
    const left = warm.joined > 0 ? undefined : await whatStays(warm.parked.pid);
    if (left !== undefined && warm.joined === 0) {
      this.#throwAway(key, warm, left);
      return;
    }
    forgetClaim(stateDir(warm), warm.parked.plan.session);
    warm.isTaken = false;
    warm.parked = { ...warm.parked, untilMs: performance.now() + warm.ageMs };
  }

  #throwAway(key: string, warm: Warm, why: string): void {
    const { parked } = warm;
    if (this.#warm.get(key) === warm) this.#warm.delete(key);
    this.#log(`warm session ${parked.plan.session} of ${parked.plan.agent} ends: ${why}`);
    forgetClaim(stateDir(warm), parked.plan.session);
    this.#work.add('throw away', () => discard(parked));
  }
}

/** Of which the key of each of its warm sessions is a longer one: agents have no blanks in their names. */
function agentKeyOf(agent: string, instance: string): string {
  return `${instance} ${agent} `;
}

function stateDir({ parked }: Warm): string {
  return parked.context.paths.stateDir;
}

function isOther(
  { parked }: Warm,
  { digest, surroundings }: Pick<Parked, 'digest' | 'surroundings'>,
): boolean {
  return parked.digest !== digest || parked.surroundings !== surroundings;
}

/** `ct network` changes the rules of sessions as they run; what somebody allowed one run is not for the next. */
function whyRulesDiffer({ plan, pid, context }: Parked): string | undefined {
  const { policy } = lastServed(context.paths.runtimeDir, wishOf({ plan, pid }));
  const isSame = JSON.stringify(policy) === JSON.stringify(plan.policy);
  return isSame ? undefined : 'its network was changed while it ran';
}

/** Why the wish should have another one; `undefined` when the one that is there stays. */
function whyReplaced(warm: Warm, wish: ParkWish): string | undefined {
  if (warm.isTaken || warm.joined > 0) return undefined;
  const wanted = { digest: warmDigest(wish.plan), surroundings: surroundingsKey(wish) };
  return isOther(warm, wanted) ? 'it was made from other settings' : undefined;
}
