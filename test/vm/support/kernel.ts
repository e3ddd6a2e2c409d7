import { readFileSync } from 'node:fs';

/** A file of the control group that a process is in, as the host sees it. */
export function groupFile(pid: number, name: string): string {
  const own = /^0::(.*)$/mu.exec(readFileSync(`/proc/${pid}/cgroup`, 'utf8'))?.[1] ?? '';
  return readFileSync(`/sys/fs/cgroup${own}/${name}`, 'utf8').trim();
}

/** The value of `key` in a file of `key value` lines. */
export function valueOf(text: string, key: string): number {
  return Number(new RegExp(`^${key} (\\d+)$`, 'mu').exec(text)?.[1]);
}
