import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { CtError, isCtError } from '../base/errors.ts';
import { removeQuietly } from '../host/files.ts';
import { isOver, readStat } from '../host/process.ts';
import { hasUnits, tellManager, UNITS } from '../host/user-manager.ts';
import { daemonState, startDaemon, type DaemonContext } from '../session/daemon.ts';
import { reviveNetworks } from '../session/network.ts';
import { callDaemon } from './wire/call.ts';
import { daemonRecord, type DaemonRecord, type DaemonStatus } from './wire/place.ts';

const LEAVE_MS = 10_000;
const KILL_MS = 5_000;
const POLL_MS = 20;

/**
 * Ends the service; sessions go on: a foreground run serves itself, and for detached ones a process is
 * started that does. Resolves to whether there was one.
 *
 * Errors: see `callDaemon` and `tellManager`
 */
export async function stopDaemon(context: DaemonContext): Promise<boolean> {
  let wasThere: boolean;
  if (hasUnits(context)) {
    wasThere = (await daemonState(context)) !== undefined;
    await tellManager(context, ['stop', UNITS.socket, UNITS.service]);
  } else {
    wasThere = await letDaemonLeave(context);
  }
  await reviveNetworks(context);
  return wasThere;
}

/**
 * Puts a service of this version in the place of the one that runs; starts one if none does. Sessions go on.
 *
 * Errors: see `startDaemon` and `stopDaemon`
 */
export async function restartDaemon(context: DaemonContext): Promise<DaemonStatus> {
  if (hasUnits(context)) {
    const { writeUnits } = await import('./install.ts');
    await writeUnits(context);
    await tellManager(context, ['restart', UNITS.service]);
  } else {
    await letDaemonLeave(context);
  }
  return (await startDaemon(context)).status;
}

/**
 * Ends a service that systemd does not look after: in order if it answers, else by signals. Resolves to
 * whether there was one.
 */
export async function letDaemonLeave(context: DaemonContext): Promise<boolean> {
  const { runtimeDir } = context.paths;
  try {
    const asked = await callDaemon(
      runtimeDir,
      { method: 'leave', params: null },
      { deadlineMs: LEAVE_MS },
    );
    if (asked === undefined) return false;
    asked.socket.ref();
    await asked.lost;
    return true;
  } catch (thrown) {
    if (!isCtError(thrown, 'deadline_exceeded', 'failed_precondition')) throw thrown;
    context.report.verbose(`the service does not leave in order: ${thrown.message}`);
    await end(runtimeDir);
    return true;
  }
}

/** Errors: failed_precondition when it is not known which process it is */
async function end(runtimeDir: string): Promise<void> {
  const path = daemonRecord(runtimeDir);
  const pid = recorded(path);
  if (pid === undefined) {
    throw new CtError(
      'failed_precondition',
      'the service does not answer, and its pid is not known',
      {
        hint: `find it with:  fuser ${runtimeDir}/ct/daemon.sock   and end it`,
      },
    );
  }
  for (const signal of ['SIGTERM', 'SIGCONT', 'SIGKILL'] as const) {
    process.kill(pid, signal);
    if (signal === 'SIGTERM') continue;
    for (const until = performance.now() + KILL_MS; performance.now() < until;) {
      if (isOver(pid)) return removeQuietly(path);
      await sleep(POLL_MS);
    }
  }
}

/** The process that wrote it, if it is still the same. */
function recorded(path: string): number | undefined {
  try {
    const { pid, startTicks } = JSON.parse(readFileSync(path, 'utf8')) as DaemonRecord;
    return readStat(pid)?.startTicks === startTicks ? pid : undefined;
  } catch {
    return undefined;
  }
}
