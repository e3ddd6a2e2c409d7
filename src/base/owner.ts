/**
 * A process that cannot be mistaken for another: a pid alone is reused.
 *
 * Source: proc_pid_stat(5) field 22 (start time, clock ticks since boot), random boot_id,
 * pid_namespaces(7)
 */
export interface Owner {
  readonly pid: number;
  readonly startTicks: string;
  readonly bootId: string;
  /** Inode of the pid namespace: a pid says nothing in another one */
  readonly pidNamespace: string;
}

/** `pid:startTicks:bootId:pidNamespace`, for labels and file names */
export function renderOwner(owner: Owner): string {
  return [owner.pid, owner.startTicks, owner.bootId, owner.pidNamespace].join(':');
}

/** The owner in a text; `undefined` for anything that {@link renderOwner} did not write. */
export function parseOwner(text: string | undefined): Owner | undefined {
  const match = /^([1-9]\d*):(\d+):([0-9a-f-]{36}):(\d+)$/u.exec(text ?? '');
  if (match === null) return undefined;
  const [, pid = '', startTicks = '', bootId = '', pidNamespace = ''] = match;
  return { pid: Number(pid), startTicks, bootId, pidNamespace };
}
