import { readFileSync, readlinkSync } from 'node:fs';
import type { Owner } from '../base/owner.ts';

/** This process, as others can check it later. */
export function currentOwner(): Owner {
  return {
    pid: process.pid,
    startTicks: readStat(process.pid)?.startTicks ?? '0',
    bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
    pidNamespace: pidNamespaceOf('self'),
  };
}

/**
 * Whether the owner still runs: `unknown` when it lives in another pid namespace, or this process cannot
 * look (no descriptor is free); what belongs to it must then be left alone.
 */
export function ownerState(
  owner: Owner,
  self: Owner = currentOwner(),
): 'alive' | 'dead' | 'unknown' {
  if (owner.bootId !== self.bootId) return 'dead';
  if (owner.pidNamespace !== self.pidNamespace) return 'unknown';
  try {
    const stat = readStat(owner.pid);
    return stat !== undefined && !hasEnded(stat) && stat.startTicks === owner.startTicks
      ? 'alive'
      : 'dead';
  } catch {
    return 'unknown';
  }
}

/** A process as proc_pid_stat(5) has it: one-letter state, start time in clock ticks, process groups. */
export interface ProcessStat {
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  /** Foreground process group of its terminal; -1 without one */
  readonly terminalGroup: number;
  readonly startTicks: string;
}

/**
 * `undefined` when there is no such process.
 *
 * Errors: of the system, when it cannot be told (no descriptor is free)
 */
export function readStat(pid: number): ProcessStat | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch (thrown) {
    // It ended before the file was opened, or after.
    if (['ENOENT', 'ESRCH'].includes((thrown as NodeJS.ErrnoException).code ?? ''))
      return undefined;
    throw thrown;
  }
  // The command name is in parentheses and may hold anything, so fields are counted from the last one.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return {
    state: fields[0] ?? '',
    parent: Number(fields[1]),
    group: Number(fields[2]),
    terminalGroup: Number(fields[5]),
    startTicks: fields[19] ?? '',
  };
}

/** Whether a process has ended; one that cannot be looked at has not, as far as anybody knows. */
export function isOver(pid: number): boolean {
  try {
    const stat = readStat(pid);
    return stat === undefined || hasEnded(stat);
  } catch {
    return false;
  }
}

/**
 * Whether a process is in a pid namespace below this one, as those of containers are.
 *
 * Errors: of the system, when there is none or it cannot be told
 * Source: proc_pid_status(5) NSpid: one number for each nested pid namespace
 */
export function isInside(pid: number): boolean {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return /^NSpid:\t\d+\t\d+/mu.test(status);
}

/** Ends the process that began at `startTicks`, as a crash would, and no other that has its pid since. */
export function endSame(pid: number, startTicks: string): void {
  try {
    if (readStat(pid)?.startTicks === startTicks) process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended, or is nobody that we may end.
  }
}

/** A zombie has, though its parent did not look yet. */
function hasEnded({ state }: ProcessStat): boolean {
  return state === 'Z' || state === 'X';
}

/** Whether this process may read its terminal without being stopped by SIGTTIN. */
export function isForeground(): boolean {
  const stat = readStat(process.pid);
  return stat === undefined || stat.terminalGroup === -1 || stat.terminalGroup === stat.group;
}

function pidNamespaceOf(who: string): string {
  return /\[(\d+)\]/u.exec(readlinkSync(`/proc/${who}/ns/pid`))?.[1] ?? '0';
}
