// @ts-check
/** A guest's working directory, named after the process that owns it, so that none is left for good. */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runLogged } from './exec.mjs';
import { CACHE } from './guest-root.mjs';
import { readOr } from './host.mjs';

/**
 * Makes a working directory of this process.
 * @param {'' | '-vm'} [kind] tells its second one from the first
 */
export function makeRunDirectory(kind = '') {
  const path = join(CACHE, `run-${process.pid}-${startTicks(process.pid)}${kind}`);
  mkdirSync(path, { mode: 0o755 });
  return path;
}

/** @param {string} path */
export async function removeRunDirectory(path) {
  await runLogged('could not remove the guest', ['rm', '-rf', '--one-file-system', path]);
}

/** Removes what killed runs have left. A pid alone says nothing: its start must match too. */
export async function sweepRunDirectories() {
  for (const name of readdirSync(CACHE)) {
    const [, pid, ticks] = /^run-(\d+)-(\d*)(?:-vm)?$/.exec(name) ?? [];
    if (pid && startTicks(Number(pid)) !== ticks) await removeRunDirectory(join(CACHE, name));
  }
}

/**
 * When a process began, in clock ticks since boot; empty when there is none of that pid.
 * @param {number} pid
 */
function startTicks(pid) {
  const stat = readOr(`/proc/${pid}/stat`, '');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
