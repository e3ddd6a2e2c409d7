import { CtError } from '../../base/errors.ts';
import type { Engine } from '../../engine/engine.ts';
import { readStat } from '../../host/process.ts';
import type { SessionPlan } from '../../plan/plan.ts';
import { asClaimed } from '../../plan/standby.ts';
import type { SessionContext } from '../context.ts';
import { reachGate, type Gate } from '../gate.ts';
import { checkProject } from '../project.ts';
import { verifyLaunch } from '../verify-launch.ts';
import { forgetClaim } from './claims.ts';
import { wantsStandby } from './count.ts';
import { STANDBY_METHODS, claimWish, type ClaimReply } from './wish.ts';

/** A standby that is this run's now: verified, its gate held, nothing of the agent in it yet. */
export interface Claimed {
  /** The run's plan, with the name of the session that serves it */
  readonly plan: SessionPlan;
  /** Engine's id of the container */
  readonly id: string;
  /** Host pid of PID 1 */
  readonly pid: number;
  readonly gate: Gate;
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
): Promise<Claimed | undefined> {
  if (!wantsStandby(plan, context)) return undefined;
  const { callDaemon } = await import('../../daemon/wire/call.ts');
  const { runtimeDir } = context.paths;
  try {
    const params = claimWish(plan, context);
    const request = { method: STANDBY_METHODS.claim, params };
    const answer = await callDaemon(runtimeDir, request, { deadlineMs: PATIENCE_MS });
    const reply = (answer?.result ?? undefined) as ClaimReply | undefined;
    if (answer === undefined || reply === undefined) return undefined;
    try {
      const claimed = await take(reply, plan);
      const forget = (): void => forgetClaim(context.paths.stateDir, reply.session);
      for (const warning of reply.warnings) context.report.warn(warning);
      return { ...claimed, forget };
    } catch (thrown) {
      await dispose(reply, plan, await context.engine());
      forgetClaim(context.paths.stateDir, reply.session);
      throw thrown;
    } finally {
      // The service lets go of its end of the gate.
      answer.socket.end();
    }
  } catch (thrown) {
    context.report.verbose(`no standby: ${CtError.from(thrown).message}`);
    return undefined;
  }
}

async function take(reply: ClaimReply, plan: SessionPlan): Promise<Omit<Claimed, 'forget'>> {
  const { session, id, pid, startTicks } = reply;
  const ours = asClaimed(plan, session);
  const gate = await reachGate(pid, () => undefined);
  if (gate === undefined) throw new CtError('not_found', 'it has ended');
  try {
    if (readStat(pid)?.startTicks !== startTicks) throw new CtError('not_found', 'it has ended');
    checkProject({ plan: ours, pid });
    verifyLaunch(ours, pid);
  } catch (thrown) {
    gate.abandon();
    throw thrown;
  }
  return { plan: ours, id, pid, gate };
}

async function dispose(reply: ClaimReply, plan: SessionPlan, engine: Engine): Promise<void> {
  await engine.remove(asClaimed(plan, reply.session).container.name);
}
