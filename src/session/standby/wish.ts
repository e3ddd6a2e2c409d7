import { createHash } from 'node:crypto';
import { CtError } from '../../base/errors.ts';
import { parseOwner, renderOwner, type Owner } from '../../base/owner.ts';
import type { Config } from '../../config/schema.ts';
import type { SessionPlan } from '../../plan/plan.ts';
import type { SessionContext } from '../context.ts';
import { daemonEnvironment } from '../daemon-environment.ts';
import { standbyCount } from './count.ts';

/** What a run has the service prepare for those to come: what is to be made, and in whose place. It holds no secret. */
export interface ParkWish {
  readonly plan: SessionPlan;
  readonly config: Config;
  /** The part of the run's environment that a service gets, see `daemonEnvironment` */
  readonly env: Readonly<Record<string, string>>;
}

/** The wish for the next session of a plan. */
export interface StandbyWish extends ParkWish {
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

/** What the service answers: a session that waits for a run, and is this run's from now on. */
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
export const STANDBY_METHODS = {
  prepare: 'standby.prepare',
  claim: 'standby.claim',
  callOff: 'standby.call-off',
} as const;

/** The wish of a run. */
export function parkWish(plan: SessionPlan, { config, env }: SessionContext): ParkWish {
  return { plan, config, env: daemonEnvironment(env) };
}

/** The same, with the number that the user wants. Errors: see `standbyCount` */
export function standbyWish(plan: SessionPlan, context: SessionContext): StandbyWish {
  return { ...parkWish(plan, context), count: standbyCount(context) };
}

/**
 * One word for all that decides which engine a run meets, how its connections leave, and where ct keeps its
 * things. A digest, since the address of a proxy may hold a password.
 */
export function surroundingsKey({ config, env }: Pick<ParkWish, 'config' | 'env'>): string {
  return createHash('sha256')
    .update(JSON.stringify([config.engine, env]))
    .digest('hex');
}

/** The claim of a run to a session that has this digest. */
export function claimWish(digest: string, context: SessionContext): ClaimWish {
  const { config, env } = context;
  return {
    digest,
    instance: context.instance(),
    surroundings: surroundingsKey({ config, env: daemonEnvironment(env) }),
    owner: renderOwner(context.owner),
  };
}

/**
 * What came over the socket as a wish. The frame's version was checked: both sides are the same ct.
 *
 * Errors: invalid_argument
 */
export function checkedParkWish(params: unknown): ParkWish {
  const { plan, config, env } = (params ?? {}) as Partial<ParkWish>;
  if (plan?.schema === 1 && config !== undefined && env !== undefined) return { plan, config, env };
  throw new CtError('invalid_argument', 'not a wish for a session');
}

/** The same for a standby. Errors: invalid_argument */
export function checkedWish(params: unknown): StandbyWish {
  const { count } = (params ?? {}) as Partial<StandbyWish>;
  if (typeof count === 'number') return { ...checkedParkWish(params), count };
  throw new CtError('invalid_argument', 'not a wish for a number of sessions');
}

/** A claim, its owner read. */
export type CheckedClaim = Omit<ClaimWish, 'owner'> & { readonly owner: Owner };

/** The same for a claim. Errors: invalid_argument */
export function checkedClaim(params: unknown): CheckedClaim {
  const owner = parseOwner(wordOf(params, 'owner'));
  if (owner === undefined) throw notAClaim();
  const [digest, instance] = [wordOf(params, 'digest'), wordOf(params, 'instance')];
  return { digest, instance, surroundings: wordOf(params, 'surroundings'), owner };
}

/** One word of a claim. Errors: invalid_argument when it is none */
export function wordOf(params: unknown, name: string): string {
  const value = ((params ?? {}) as Readonly<Record<string, unknown>>)[name];
  if (typeof value === 'string' && value !== '') return value;
  throw notAClaim();
}

const notAClaim = (): CtError =>
  new CtError('invalid_argument', 'not a claim to a prepared session');
