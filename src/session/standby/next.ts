import { CtError } from '../../base/errors.ts';
import type { SessionContext } from '../context.ts';
import type { Starting } from '../start.ts';
import { wantsStandby } from './count.ts';
import { STANDBY_METHODS, standbyWish } from './wish.ts';

/** The service takes the wish and answers at once, `ms` */
const PATIENCE_MS = 2_000;

/**
 * Has the service prepare what the next runs are served by: the next session of this plan, the warm session of
 * its agent. The run does not depend on it: what goes wrong is told at -v.
 */
export async function prepareNext({
  wanted: plan,
  options,
  context,
}: Pick<Starting, 'wanted' | 'options' | 'context'>): Promise<void> {
  if (context.config.daemon.auto_start) {
    await (await import('../warm/next.ts')).prepareWarm(plan, options, context);
  }
  if (!wantsStandby(plan, context)) return;
  const request = { method: STANDBY_METHODS.prepare, params: standbyWish(plan, context) };
  await askPrepared('standby for the next run', request, context);
}

/** A question to the service. */
interface Request {
  readonly method: string;
  readonly params: unknown;
}

/** Asks the service to prepare something, and starts it if there is none. `what` it is, for when that fails. */
export async function askPrepared(
  what: string,
  request: Request,
  context: SessionContext,
): Promise<void> {
  try {
    await ask(request, context);
  } catch (thrown) {
    context.report.verbose(`no ${what}: ${CtError.from(thrown).message}`);
  }
}

/** Errors: see `callDaemon` and `startDaemon` */
async function ask(request: Request, context: SessionContext): Promise<void> {
  const { callDaemon } = await import('../../daemon/wire/call.ts');
  const once = () => callDaemon(context.paths.runtimeDir, request, { deadlineMs: PATIENCE_MS });
  let answer = await once();
  if (answer === undefined) {
    const { startDaemon } = await import('../daemon.ts');
    await startDaemon(context);
    answer = await once();
  }
  answer?.socket.end();
}
