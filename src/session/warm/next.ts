import type { RunOptions } from '../../plan/options.ts';
import type { SessionPlan } from '../../plan/plan.ts';
import { isAsConfigured } from '../../plan/warm.ts';
import type { SessionContext } from '../context.ts';
import { askPrepared } from '../standby/next.ts';
import { parkWish } from '../standby/wish.ts';
import { wantsWarm } from './claim.ts';
import { WARM_METHODS } from './wish.ts';

/**
 * Has the service make the warm session of this run's agent, if the run is as configured, and starts the service if
 * there is none. The run does not depend on it: what goes wrong is told at -v.
 */
export async function prepareWarm(
  plan: SessionPlan,
  options: RunOptions,
  context: SessionContext,
): Promise<void> {
  if (!wantsWarm(plan, context) || !isAsConfigured(options)) return;
  const request = { method: WARM_METHODS.prepare, params: parkWish(plan, context) };
  await askPrepared('warm session for later runs', request, context);
}
