import { lstatSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { PATHS } from '../../base/layout.ts';

/** The init and the keeper, see `asWarm` */
const OWN_PROCESSES = 2;
/** How long processes that have ended may take to be gone, `ms` */
const PATIENCE_MS = 1_000;
const PAUSE_MS = 10;

/**
 * What is in a warm session beside its own two processes, in words: a process, a secret, a gate that nobody
 * opened. `undefined` when nothing is. The list of processes is that of the session's own pid namespace, so none
 * is missed, whatever it did to itself.
 *
 * Errors: those of reading /proc (ENOENT when it has ended)
 * Source: proc_pid_root(5), pid_namespaces(7)
 */
export function whatIsLeft(pid: number, root = `/proc/${pid}/root`): string | undefined {
  const processes = readdirSync(`${root}/proc`).filter((name) => /^\d+$/u.test(name)).length;
  if (processes > OWN_PROCESSES) return `${processes - OWN_PROCESSES} of its processes still ran`;
  if (readdirSync(root + PATHS.secretsDir).length > 0) return 'something lay with the secrets';
  if (lstatSync(root + PATHS.gate, { throwIfNoEntry: false }) !== undefined)
    return 'a gate was left';
  return undefined;
}

/** The same, when processes that are ending have had their time. */
export async function whatStays(pid: number): Promise<string | undefined> {
  for (const begun = performance.now(); performance.now() - begun < PATIENCE_MS;) {
    if (whatIsThere(pid) === undefined) return undefined;
    await sleep(PAUSE_MS);
  }
  return whatIsThere(pid);
}

/** Now, whether it has ended or not. */
export function whatIsThere(pid: number): string | undefined {
  try {
    return whatIsLeft(pid);
  } catch {
    return 'it has ended';
  }
}
