import { CtError } from '../../base/errors.ts';
import type { ProcessStreams } from '../../engine/engine.ts';
import { readStat } from '../../host/process.ts';
import type { SessionPlan } from '../../plan/plan.ts';
import { asClaimed, standbyDigest } from '../../plan/standby.ts';
import type { SessionContext } from '../context.ts';
import { reachGate, type Gate } from '../gate.ts';
import { checkProject } from '../project.ts';
import { requestLeaves } from '../request-leaves.ts';
import { verifyAttached } from '../verify-launch.ts';
import { forgetClaim } from './claims.ts';
import { wantsStandby } from './count.ts';
import { STANDBY_METHODS, claimWish, type ClaimReply, type ClaimWish } from './wish.ts';

/** A standby that is this run's now: verified, its gate held, nothing of the agent in it yet. */
export interface Claimed {
  /** The run's plan, with the name of the session that serves it */
  readonly plan: SessionPlan;
  /** Engine's id of the container */
  readonly id: string;
  /** Host pid of PID 1 */
  readonly pid: number;
  readonly gate: Gate;
  /** Its streams, which the engine was asked for before it was verified: nothing is read from them yet */
  readonly attached: Promise<ProcessStreams>;
  /** Takes the record of the claim away; its session is over */
  forget(): void;
}

/** The service looks at an image, which takes milliseconds; a cold start takes less than this, `ms` */
const PATIENCE_MS = 400;

/**
 * Asks the service for a session of exactly this plan that waits at its gate, and verifies it as any other.
 * `undefined` when there is none, or it is not as planned any more: the run starts cold, and nobody has to
 * know.
 */
export async function claimStandby(
  plan: SessionPlan,
  context: SessionContext,
  onAsked: () => void,
): Promise<Claimed | undefined> {
  if (!wantsStandby(plan, context)) return undefined;
  try {
    const { callRunningDaemon } = await import('../../daemon/wire/call.ts');
    const params = (): ClaimWish => claimWish(standbyDigest(plan), context);
    const request = { method: STANDBY_METHODS.claim, params };
    const options = { deadlineMs: PATIENCE_MS, onAsked };
    const answer = await callRunningDaemon(context.paths.runtimeDir, request, options);
    if (answer === undefined || answer.result === null) return undefined;
    // At its end the service lets go of its side of the gate.
    return await accept(answer.result as ClaimReply, plan, context).finally(() =>
      answer.socket.end(),
    );
  } catch (thrown) {
    context.report.verbose(`no standby: ${CtError.from(thrown).message}`);
    return undefined;
  }
}

/** Verifies it; one that is not as planned any more is removed. */
async function accept(
  reply: ClaimReply,
  plan: SessionPlan,
  context: SessionContext,
): Promise<Claimed> {
  const forget = (): void => forgetClaim(context.paths.stateDir, reply.session);
  const ours = asClaimed(plan, reply.session);
  const engine = await context.engine();
  const { terminal } = ours.container.sandbox;
  // The engine takes its time for that, in which the session is looked at.
  const attached = engine.attach(reply.id, { stdin: true, terminal, fresh: true });
  attached.catch(() => undefined);
  try {
    await requestLeaves();
    const gate = await take(reply, ours);
    for (const warning of reply.warnings) context.report.warn(warning);
    return { plan: ours, id: reply.id, pid: reply.pid, gate, attached, forget };
  } catch (thrown) {
    attached.then(
      (streams) => streams.close(),
      () => undefined,
    );
    await engine.remove(ours.container.name);
    forget();
    throw thrown;
  }
}

/** Its gate, held by this run from now on. Errors: not_found when it has ended; see `verifyAttached` */
async function take({ pid, startTicks }: ClaimReply, plan: SessionPlan): Promise<Gate> {
  const gate = await reachGate(pid);
  if (gate === undefined) throw new CtError('not_found', 'it has ended');
  try {
    if (readStat(pid)?.startTicks !== startTicks) throw new CtError('not_found', 'it has ended');
    checkProject({ plan, pid });
    verifyAttached(plan, pid);
  } catch (thrown) {
    gate.abandon();
    throw thrown;
  }
  return gate;
}
