import { CtError } from '../../base/errors.ts';
import { LABEL } from '../../plan/labels.ts';
import type { SessionContext } from '../context.ts';
import { WARM_METHODS } from '../warm/wish.ts';
import { isWaiting } from './claims.ts';
import { STANDBY_METHODS } from './wish.ts';

/** As long as a busy engine may take to make one, `ms` */
const CALL_OFF_MS = 15_000;

/**
 * Ends the standbys of this installation that no run has claimed, whoever prepared them: whoever wants all
 * sessions gone, or what they are made of, means these too. The service finds them gone; what it is just preparing,
 * also of warm sessions, it gives up before.
 */
export async function endWaiting(context: SessionContext): Promise<void> {
  await Promise.all([
    callOff(STANDBY_METHODS.callOff, context),
    callOff(WARM_METHODS.callOff, context),
  ]);
  const engine = await context.engine();
  const instance = `${LABEL.instance}=${context.instance()}`;
  const waiting = (await engine.list([instance, `${LABEL.life}=standby`])).filter((container) =>
    isWaiting(container, context.paths.stateDir),
  );
  await Promise.all(waiting.map(({ id }) => engine.remove(id)));
}

/** A service that does not answer prepares what the next `ct` cleans up. */
async function callOff(method: string, { paths, report }: SessionContext): Promise<void> {
  try {
    const { callRunningDaemon } = await import('../../daemon/wire/call.ts');
    const request = { method, params: () => null };
    const options = { deadlineMs: CALL_OFF_MS };
    const answer = await callRunningDaemon(paths.runtimeDir, request, options);
    answer?.socket.destroy();
  } catch (thrown) {
    report.verbose(`cannot call off what is prepared: ${CtError.from(thrown).message}`);
  }
}
