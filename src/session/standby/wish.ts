import { createHash } from 'node:crypto';
import { CtError } from '../../base/errors.ts';
import { parseOwner, renderOwner, type Owner } from '../../base/owner.ts';
import type { Config } from '../../config/schema.ts';
import type { SessionPlan } from '../../plan/plan.ts';
import { standbyDigest } from '../../plan/standby.ts';
import type { SessionContext } from '../context.ts';
import { daemonEnvironment } from '../daemon-environment.ts';
import { standbyCount } from './count.ts';

/** What a run asks of the service: have the next session of this plan ready. It holds no secret. */
export interface StandbyWish {
  readonly plan: SessionPlan;
  readonly config: Config;
  /** The part of the run's environment that a service gets, see `daemonEnvironment` */
  readonly env: Readonly<Record<string, string>>;
  /** How many sessions are to be ready at most, whatever their plans */
  readonly count: number;
}

/** What a run asks when it starts: the session that is ready for this digest. */
export interface ClaimWish {
  readonly digest: string;
  readonly instance: string;
  /** See `surroundingsKey` */
  readonly surroundings: string;
  /** `pid:startTicks:bootId:pidNamespace` of the run */
  readonly owner: string;
}

/** What the service answers: a session that waits at its gate and is the run's from now on. */
export interface ClaimReply {
  readonly session: string;
  /** Engine's id of the container */
  readonly id: string;
  /** Host pid of PID 1, and its start time: a pid alone may be another process by now */
  readonly pid: number;
  readonly startTicks: string;
  /** What the engine had to say when it was made */
  readonly warnings: readonly string[];
}

/** Names of methods at the service's socket. */
export const STANDBY_METHODS = { prepare: 'standby.prepare', claim: 'standby.claim' } as const;

/** The wish of a run. */
export function standbyWish(plan: SessionPlan, { config, env }: SessionContext): StandbyWish {
  return { plan, config, env: daemonEnvironment(env), count: standbyCount({ config, env }) };
}

/**
 * One word for all that decides which engine a run meets, how its connections leave, and where ct keeps its
 * things. A digest, since the address of a proxy may hold a password.
 */
export function surroundingsKey({ config, env }: Pick<StandbyWish, 'config' | 'env'>): string {
  return createHash('sha256')
    .update(JSON.stringify([config.engine, env]))
    .digest('hex');
}

/** The claim of a run. */
export function claimWish(plan: SessionPlan, context: SessionContext): ClaimWish {
  return {
    digest: standbyDigest(plan),
    instance: context.instance(),
    surroundings: surroundingsKey(standbyWish(plan, context)),
    owner: renderOwner(context.owner),
  };
}

/**
 * What came over the socket as a wish. The frame's version was checked: both sides are the same ct.
 *
 * Errors: invalid_argument
 */
export function checkedWish(params: unknown): StandbyWish {
  const { plan, config, env, count } = (params ?? {}) as Partial<StandbyWish>;
  if (plan?.schema === 1 && config !== undefined && env !== undefined && count !== undefined) {
    return { plan, config, env, count };
  }
  throw new CtError('invalid_argument', 'not a wish for a standby');
}

/** A claim, its owner read. */
export type CheckedClaim = Omit<ClaimWish, 'owner'> & { readonly owner: Owner };

/** The same for a claim. Errors: invalid_argument */
export function checkedClaim(params: unknown): CheckedClaim {
  const { digest, instance, surroundings, owner } = (params ?? {}) as Partial<ClaimWish>;
  const who = parseOwner(owner);
  if (digest !== undefined && instance !== undefined && surroundings !== undefined && who) {
    return { digest, instance, surroundings, owner: who };
  }
  throw new CtError('invalid_argument', 'not a claim of a standby');
}
