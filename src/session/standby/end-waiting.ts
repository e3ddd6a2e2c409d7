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
  await callOffPrepared(context.paths.runtimeDir, (text) => context.report.verbose(text));
  const engine = await context.engine();
  const instance = `${LABEL.instance}=${context.instance()}`;
  const waiting = (await engine.list([instance, `${LABEL.life}=standby`])).filter((container) =>
    isWaiting(container, context.paths.stateDir),
  );
  await Promise.all(waiting.map(({ id }) => engine.remove(id)));
}

/** Ends what the service is just preparing, of all projects. `tell` is told why it could not. */
export async function callOffPrepared(
  runtimeDir: string,
  tell: (text: string) => void,
): Promise<void> {
  await Promise.all(
    [STANDBY_METHODS.callOff, WARM_METHODS.callOff].map((method) =>
      callOff(method, runtimeDir, tell),
    ),
  );
}

/** A service that does not answer prepares what the next `ct` cleans up. */
async function callOff(
  method: string,
  runtimeDir: string,
  tell: (text: string) => void,
): Promise<void> {
  try {
    const { callRunningDaemon } = await import('../../daemon/wire/call.ts');
    const request = { method, params: () => null };
    const answer = await callRunningDaemon(runtimeDir, request, { deadlineMs: CALL_OFF_MS });
    answer?.socket.destroy();
  } catch (thrown) {
    tell(`cannot call off what is prepared: ${CtError.from(thrown).message}`);
  }
}
