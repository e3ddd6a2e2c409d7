import { readdirSync, readFileSync, statSync } from 'node:fs';
import { endSame, isInside } from '../../host/process.ts';
import type { Place } from './backend.ts';
import { firstProcess } from './marks.ts';

/**
 * Ends what containerd forgot of a container that has no task any more:
 *
 * - its shim, which stays when the caller of Tasks.Delete is killed before the answer
 * - its PID 1, and with it all that runs inside, which stays when the shim dies and what containerd calls to
 *   clean up behind it does so too, or takes longer than the five seconds that it is given
 */
export function endForgotten(place: Place, id: string): void {
  endShim(id);
  const first = firstProcess(place, id);
  // A daemon in a pid namespace of its own would have told another process's.
  if (first !== undefined && isContainers(first.pid)) endSame(first.pid, first.startTicks);
}

function isContainers(pid: number): boolean {
  try {
    return isInside(pid);
  } catch {
    return false;
  }
}

function endShim(id: string): void {
  for (const pid of readdirSync('/proc').map(Number)) {
    if (!Number.isInteger(pid) || !isShimOf(pid, id)) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has left by itself.
    }
  }
}

/** Source: containerd-shim-runc-v2 -h; ids of ct's containers are random, so no other daemon has them */
function isShimOf(pid: number, id: string): boolean {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0');
    return (
      words[0]?.endsWith('containerd-shim-runc-v2') === true &&
      words[words.indexOf('-id') + 1] === id &&
      statSync(`/proc/${pid}`).uid === process.getuid?.()
    );
  } catch {
    return false;
  }
}
