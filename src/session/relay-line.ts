import type { Socket } from 'node:net';
import { CtError } from '../base/errors.ts';
import type { Report } from '../base/report.ts';

/** Name of the method at the service's socket. */
export const RELAY_METHOD = 'containerd.relay';

/** The service answers at once; without it the run loads what it needs itself, `ms` */
const PATIENCE_MS = 300;

/** A line to the user's service which passes calls on to the containerd at `socket`; `undefined` when it cannot yet. */
export async function relayLine(
  socket: string,
  runtimeDir: string,
  report: Report,
): Promise<Socket | undefined> {
  const request = { method: RELAY_METHOD, params: () => ({ socket }) };
  try {
    const { callRunningDaemon } = await import('../daemon/wire/call.ts');
    const answer = await callRunningDaemon(runtimeDir, request, { deadlineMs: PATIENCE_MS });
    if (answer?.result === true) {
      report.debug('containerd: calls go through the service');
      return answer.socket;
    }
    answer?.socket.end();
  } catch (thrown) {
    report.debug(`containerd: not through the service: ${CtError.from(thrown).message}`);
  }
  return undefined;
}
