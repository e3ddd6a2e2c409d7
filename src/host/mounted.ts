import { lstatSync, readFileSync } from 'node:fs';
import { inodeOf } from './survey-path.ts';

/** A mount as it should be. */
export interface ExpectedMount {
  /** Inside */
  readonly target: string;
  readonly readOnly: boolean;
  /** `dev:ino` of what must be there */
  readonly inode: string;
}

/**
 * Compares a container's mounts with what was meant, from outside; resolves to what differs, in words.
 *
 * A path is checked and mounted at different times, and another session may swap a directory for a link
 * in between. What counts is what came to be mounted: at each target there is a mount, on top of it the
 * inode that was surveyed, and read-only where it should be.
 *
 * Source: proc_pid_mountinfo(5), proc_pid_root(5); CVE-2021-30465 (mount races)
 */
export function findMountFaults(
  pid: number,
  expected: readonly ExpectedMount[],
): readonly string[] {
  const mounted = parseMountInfo(readFileSync(`/proc/${pid}/mountinfo`, 'utf8'));
  return expected.flatMap(({ target, readOnly, inode }) => {
    const options = mounted.get(target);
    if (options === undefined) return [`${target} is not mounted`];
    if (readOnly && !options.includes('ro')) return [`${target} is writable`];
    const stat = lstatSync(`/proc/${pid}/root${target}`, { bigint: true, throwIfNoEntry: false });
    return stat !== undefined && inodeOf(stat) === inode ? [] : [`${target} is something else`];
  });
}

/** Mount points with their options, the uppermost of each. */
export function parseMountInfo(text: string): ReadonlyMap<string, readonly string[]> {
  return new Map(
    text
      .split('\n')
      .map((line) => line.split(' '))
      .filter((fields) => fields.length > 5)
      .map((fields) => [unescape(fields[4] ?? ''), (fields[5] ?? '').split(',')]),
  );
}

/** Bytes that would break a line are octal there; the rest is UTF-8. */
function unescape(path: string): string {
  return path.replace(/\\([0-7]{3})/gu, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}
