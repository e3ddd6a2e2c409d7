import { CtError } from '../../base/errors.ts';
import type { SessionContext } from '../context.ts';
import type { SessionInfo } from '../list.ts';
import { LAUNCHER_METHODS, launcherWish } from './wish.ts';

/** The service takes the wish and answers at once, `ms` */
const PATIENCE_MS = 2_000;

/**
 * Has the service, if one runs, prepare what the next exec in a session is served by. This one does not depend on
 * it: what goes wrong is told at -v. A warm session has none: whose run is in it changes.
 */
export async function prepareLauncherFor(
  session: SessionInfo,
  context: SessionContext,
): Promise<void> {
  if (session.life === 'warm') return;
  const request = {
    method: LAUNCHER_METHODS.prepare,
    params: () => launcherWish(session, context),
  };
  try {
    const { callRunningDaemon } = await import('../../daemon/wire/call.ts');
    const options = { deadlineMs: PATIENCE_MS };
    const answer = await callRunningDaemon(context.paths.runtimeDir, request, options);
    answer?.socket.end();
  } catch (thrown) {
    context.report.verbose(`nothing prepared for the next exec: ${CtError.from(thrown).message}`);
  }
}
