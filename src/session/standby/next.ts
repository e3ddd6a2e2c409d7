import { CtError } from '../../base/errors.ts';
import type { SessionPlan } from '../../plan/plan.ts';
import type { SessionContext } from '../context.ts';
import { wantsStandby } from './count.ts';
import { STANDBY_METHODS, standbyWish } from './wish.ts';

/** The service takes the wish and answers at once, `ms` */
const PATIENCE_MS = 2_000;

/**
 * Has the service prepare the next session of this plan, and starts the service if there is none. The run
 * does not depend on it: what goes wrong is told at -v.
 */
export async function prepareNext(plan: SessionPlan, context: SessionContext): Promise<void> {
  if (!wantsStandby(plan, context)) return;
  const { callDaemon } = await import('../../daemon/wire/call.ts');
  const request = { method: STANDBY_METHODS.prepare, params: standbyWish(plan, context) };
  const ask = () => callDaemon(context.paths.runtimeDir, request, { deadlineMs: PATIENCE_MS });
  try {
    let answer = await ask();
    if (answer === undefined) {
      const { startDaemon } = await import('../daemon.ts');
      await startDaemon(context);
      answer = await ask();
    }
    answer?.socket.end();
  } catch (thrown) {
    context.report.verbose(`no standby for the next run: ${CtError.from(thrown).message}`);
  }
}
