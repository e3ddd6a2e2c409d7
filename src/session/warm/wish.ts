import type { SessionPlan } from '../../plan/plan.ts';
import { warmDigest } from '../../plan/warm.ts';
import type { SessionContext } from '../context.ts';
import {
  checkedClaim,
  claimWish,
  wordOf,
  type CheckedClaim,
  type ClaimReply,
  type ClaimWish,
} from '../standby/wish.ts';

/** Names of methods at the service's socket. */
export const WARM_METHODS = {
  prepare: 'warm.prepare',
  claim: 'warm.claim',
  join: 'warm.join',
  callOff: 'warm.call-off',
} as const;

/** Which warm session a run means: its agent's, in its directory. */
interface Whose {
  readonly agent: string;
  /** The project's directory on the host */
  readonly project: string;
}

/** What a run asks when it starts: to be let into the warm session of its agent. */
export type WarmClaim = ClaimWish & Whose;

/** A warm session that a run may enter. */
export interface WarmSession extends ClaimReply {
  readonly kind: 'yours';
}

/** What the service answers; nothing where it has no warm session of that agent. */
export type WarmReply =
  | WarmSession
  /** The agent has as many as it may have, in other directories */
  | { readonly kind: 'elsewhere'; readonly projects: readonly string[] }
  /** It is not what this run asks for, or not any more; `why` in words */
  | { readonly kind: 'stale'; readonly why: string }
  /** Somebody else is in it */
  | { readonly kind: 'busy' };

/** The claim of a run. */
export function warmClaim(plan: SessionPlan, context: SessionContext): WarmClaim {
  const whose = { agent: plan.agent, project: plan.project.source };
  return { ...claimWish(warmDigest(plan), context), ...whose };
}

/** A claim, its owner read. */
export type CheckedWarmClaim = CheckedClaim & Whose;

/** What came over the socket as one. Errors: invalid_argument */
export function checkedWarmClaim(params: unknown): CheckedWarmClaim {
  const whose = { agent: wordOf(params, 'agent'), project: wordOf(params, 'project') };
  return { ...checkedClaim(params), ...whose };
}

/** The session that a shell joins. Errors: invalid_argument */
export function checkedJoin(params: unknown): string {
  return wordOf(params, 'session');
}
