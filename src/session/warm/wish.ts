import { CtError } from '../../base/errors.ts';
import { parseOwner, renderOwner, type Owner } from '../../base/owner.ts';
import type { SessionPlan } from '../../plan/plan.ts';
import { warmDigest } from '../../plan/warm.ts';
import type { SessionContext } from '../context.ts';
import { daemonEnvironment } from '../daemon-environment.ts';
import type { ParkWish } from '../standby/park.ts';
import { surroundingsKey } from '../standby/wish.ts';

/** Names of methods at the service's socket. */
export const WARM_METHODS = {
  prepare: 'warm.prepare',
  claim: 'warm.claim',
  join: 'warm.join',
} as const;

/** What a run asks when it starts: to be let into the warm session of its agent. */
export interface WarmClaim {
  readonly agent: string;
  readonly instance: string;
  /** The project's directory on the host */
  readonly project: string;
  /** See `warmDigest` */
  readonly digest: string;
  /** See `surroundingsKey` */
  readonly surroundings: string;
  /** `pid:startTicks:bootId:pidNamespace` of the run */
  readonly owner: string;
}

/** A warm session that a run may enter. */
export interface WarmSession {
  readonly kind: 'yours';
  readonly session: string;
  /** Engine's id of the container */
  readonly id: string;
  /** Host pid of PID 1, and its start time: a pid alone may be another process by now */
  readonly pid: number;
  readonly startTicks: string;
  /** What the engine had to say when it was made */
  readonly warnings: readonly string[];
}

/** What the service answers; nothing where it has no warm session of that agent. */
export type WarmReply =
  | WarmSession
  /** It is in another directory */
  | { readonly kind: 'elsewhere'; readonly project: string }
  /** It is not what this run asks for, or not any more; `why` in words */
  | { readonly kind: 'stale'; readonly why: string }
  /** Somebody else is in it */
  | { readonly kind: 'busy' };

/** What a run has the service prepare. It holds no secret. */
export function warmWish(plan: SessionPlan, { config, env }: SessionContext): ParkWish {
  return { plan, config, env: daemonEnvironment(env) };
}

/** The claim of a run. */
export function warmClaim(plan: SessionPlan, context: SessionContext): WarmClaim {
  return {
    agent: plan.agent,
    instance: context.instance(),
    project: plan.project.source,
    digest: warmDigest(plan),
    surroundings: surroundingsKey(warmWish(plan, context)),
    owner: renderOwner(context.owner),
  };
}

/**
 * What came over the socket as a wish. The frame's version was checked: both sides are the same ct.
 *
 * Errors: invalid_argument
 */
export function checkedWarmWish(params: unknown): ParkWish {
  const { plan, config, env } = (params ?? {}) as Partial<ParkWish>;
  if (plan?.schema === 1 && config !== undefined && env !== undefined) return { plan, config, env };
  throw new CtError('invalid_argument', 'not a wish for a warm session');
}

/** A claim, its owner read. */
export type CheckedWarmClaim = Omit<WarmClaim, 'owner'> & { readonly owner: Owner };

/** The same for a claim. Errors: invalid_argument */
export function checkedWarmClaim(params: unknown): CheckedWarmClaim {
  const given = (params ?? {}) as Partial<Record<keyof WarmClaim, unknown>>;
  const word = (name: keyof WarmClaim): string => {
    const value = given[name];
    if (typeof value === 'string' && value !== '') return value;
    throw new CtError('invalid_argument', 'not a claim of a warm session');
  };
  const owner = parseOwner(word('owner'));
  if (owner === undefined) throw new CtError('invalid_argument', 'not a claim of a warm session');
  return {
    ...{ agent: word('agent'), instance: word('instance'), project: word('project') },
    ...{ digest: word('digest'), surroundings: word('surroundings'), owner },
  };
}

/** The session that a shell joins. Errors: invalid_argument */
export function checkedJoin(params: unknown): string {
  const { session } = (params ?? {}) as { readonly session?: unknown };
  if (typeof session === 'string') return session;
  throw new CtError('invalid_argument', 'not the name of a warm session');
}
