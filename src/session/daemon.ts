import { setTimeout as sleep } from 'node:timers/promises';
import { CtError } from '../base/errors.ts';
import { withoutAuthorities } from '../base/extra-authorities.ts';
import type { DaemonStatus } from '../daemon/wire/place.ts';
import { ownService } from '../host/own-service.ts';
import { startLogged } from '../host/service-log.ts';
import { askManager, hasUnits, tellManager, UNITS } from '../host/user-manager.ts';
import type { SessionContext } from './context.ts';
import { daemonEnvironment } from './daemon-environment.ts';

/** What starts and finds the user's service. */
export type DaemonContext = Pick<SessionContext, 'env' | 'paths' | 'report'>;

const START_MS = 15_000;
const ANSWER_MS = 10_000;
const POLL_MS = 20;

/** Where the service writes what it has to say. */
export function daemonLog({ paths }: Pick<DaemonContext, 'paths'>): string {
  return `${paths.stateDir}/logs/daemon.log`;
}

/** The service that runs, of whatever version; `undefined` when there is none. Errors: see `callDaemon` */
export async function askDaemon(runtimeDir: string): Promise<DaemonStatus | undefined> {
  const { callDaemon } = await import('../daemon/wire/call.ts');
  const question = { method: 'status', params: null };
  const answer = await callDaemon(runtimeDir, question, { deadlineMs: ANSWER_MS });
  answer?.socket.destroy();
  return answer?.result as DaemonStatus | undefined;
}

/**
 * The same without starting one: who asks at a socket of systemd's starts the service.
 *
 * Errors: as `askDaemon`
 */
export async function daemonState(context: DaemonContext): Promise<DaemonStatus | undefined> {
  if (hasUnits(context)) {
    const { exitStatus } = await askManager(context, ['is-active', '--quiet', UNITS.service]);
    if (exitStatus !== 0) return undefined;
  }
  return askDaemon(context.paths.runtimeDir);
}

/**
 * Starts the user's service unless it runs; resolves when it answers.
 *
 * Errors: deadline_exceeded when it does not begin to · unavailable when systemd has given up · see
 * `callDaemon` and `startLogged`
 */
export async function startDaemon(
  context: DaemonContext,
): Promise<{ readonly status: DaemonStatus; readonly isNew: boolean }> {
  const { runtimeDir } = context.paths;
  const running = await daemonState(context);
  if (running !== undefined) return { status: running, isNew: false };
  if (hasUnits(context)) await tellManager(context, ['start', UNITS.socket, UNITS.service]);
  else await launch(context);
  for (const until = performance.now() + START_MS; performance.now() < until;) {
    try {
      const status = await askDaemon(runtimeDir);
      if (status !== undefined) return { status, isNew: true };
    } catch (thrown) {
      // Questions wait at systemd's socket while it tries again and again.
      if (hasUnits(context)) await insistOnUnit(context);
      throw thrown;
    }
    if (hasUnits(context)) await insistOnUnit(context);
    await sleep(POLL_MS);
  }
  throw new CtError('deadline_exceeded', 'the service does not begin to answer', {
    hint: `see ${daemonLog(context)}, or:  ct daemon logs`,
  });
}

/**
 * Errors: unavailable when systemd has started it several times, to no avail. Source: systemd.service(5),
 * org.freedesktop.systemd1(5) "NRestarts"
 */
async function insistOnUnit(context: DaemonContext): Promise<void> {
  const words = ['show', '--property=ActiveState', '--property=NRestarts', UNITS.service];
  const { stdout } = await askManager(context, words);
  const restarts = Number(/^NRestarts=(\d+)$/mu.exec(stdout)?.[1] ?? 0);
  if (restarts < 2 && !/^ActiveState=failed$/mu.test(stdout)) return;
  throw new CtError('unavailable', 'the service ends as soon as it has started', {
    hint: `see why:  ct daemon logs   or:  journalctl --user -u ${UNITS.service}\nof an earlier ct or Node?  ct daemon install`,
  });
}

async function launch(context: DaemonContext): Promise<void> {
  const [program, ...args] = daemonCommand();
  const env = {
    ...withoutAuthorities(daemonEnvironment(context.env)),
    XDG_RUNTIME_DIR: context.paths.runtimeDir,
  };
  await startLogged({ program, args, env }, daemonLog(context));
}

/** What runs as the service. */
export function daemonCommand(): readonly [program: string, ...args: string[]] {
  return ownService(['daemon']);
}
