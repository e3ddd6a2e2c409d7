import { readdirSync, readFileSync, statSync } from 'node:fs';

/**
 * Ends the shim of a container that has no task any more. containerd leaves it behind, and forgets it, when
 * the caller of Tasks.Delete is killed before the answer.
 */
export function endShim(id: string): void {
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
