import { CtError } from '../../base/errors.ts';
import { printable } from '../../base/text.ts';
import { ENGINE_TRAITS } from '../../engine/choose.ts';
import { engineOf } from '../../engine/open.ts';
import type { SessionPlan } from '../../plan/plan.ts';
import type { SessionContext } from '../context.ts';
import { WARM_METHODS, warmClaim, type WarmReply, type WarmSession } from './wish.ts';

/** A warm session that this run may enter, and nobody else while it is in it. */
export interface ClaimedWarm extends WarmSession {
  /** Settles when the service is gone, or the run has left */
  readonly lost: Promise<void>;
  /** Tells the service that the run has left */
  leave(): void;
}

/** The service looks at an image, which takes milliseconds; under load too, and a cold start is not sooner, `ms` */
const PATIENCE_MS = 1_500;

/** Whether warm sessions are switched on, and can serve a run like this one. */
export function wantsWarm(
  { detach, explainDenials }: Pick<SessionPlan, 'detach' | 'explainDenials'>,
  context: Pick<SessionContext, 'config' | 'env'>,
): boolean {
  // Somebody must follow it, and watchers of a filter look at a session's PID 1.
  const isPlain = !detach && !explainDenials;
  return context.config.daemon.auto_start && isPlain && ENGINE_TRAITS[engineOf(context)].standby;
}

/**
 * Asks the service to let this run into the warm session of its agent. `undefined` when there is none that is
 * what the run asks for: the run starts cold, and the user is told where he could do something about it.
 */
export async function claimWarm(
  plan: SessionPlan,
  context: SessionContext,
  isAsConfigured: boolean,
): Promise<ClaimedWarm | undefined> {
  try {
    const { callRunningDaemon } = await import('../../daemon/wire/call.ts');
    const request = { method: WARM_METHODS.claim, params: () => warmClaim(plan, context) };
    const options = { deadlineMs: PATIENCE_MS };
    const answer = await callRunningDaemon(context.paths.runtimeDir, request, options);
    const reply = (answer?.result ?? undefined) as WarmReply | undefined;
    if (answer !== undefined && reply?.kind === 'yours') {
      const { socket, lost } = answer;
      return { ...reply, lost, leave: () => void socket.end() };
    }
    answer?.socket.end();
    if (reply !== undefined && reply.kind !== 'yours')
      tellWhy(reply, plan.agent, context, isAsConfigured);
  } catch (thrown) {
    context.report.verbose(`no warm session: ${CtError.from(thrown).message}`);
  }
  return undefined;
}

/** Once for a run; a run with flags of its own knows why it is another one. */
function tellWhy(
  reply: Exclude<WarmReply, WarmSession>,
  agent: string,
  { report }: SessionContext,
  isAsConfigured: boolean,
): void {
  if (reply.kind === 'busy') {
    report.verbose(`somebody is in the warm session of ${agent}: this run starts cold`);
  } else if (!isAsConfigured) {
    report.verbose('no warm session: this run is not as configured');
  } else if (reply.kind === 'stale') {
    report.note(
      `the warm session of ${agent} is stale (${printable(reply.why)}): this run starts cold, a new one is made`,
    );
  } else {
    const which = reply.projects.length === 1 ? 'session' : 'sessions';
    const where = `${reply.projects.length === 1 ? 'is' : 'are'} in ${reply.projects.map(printable).join(', ')}`;
    report.note(
      `this directory is not in the warm ${which} of ${agent}, which ${where}: this run starts cold`,
    );
  }
}
