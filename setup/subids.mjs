// @ts-check
/** Subordinate ids: the ranges that rootless containers map their users on to. Source: subuid(5). */
import { readOr } from './host.mjs';

/** The shortest range that serves: ids 0 to 65535 of a container. */
export const RANGE = 65_536;

const FIRST = 100_000;

/** @typedef {{ owner: string, start: number, count: number }} SubidRange */

/**
 * The ranges of an /etc/subuid or /etc/subgid text; lines that aren't ranges are left out.
 * @param {string} text
 * @returns {SubidRange[]}
 */
export function parseSubids(text) {
  return text.split('\n').flatMap((line) => {
    const [, owner, start, count] = /^([^:#]+):(\d+):(\d+)$/.exec(line.trim()) ?? [];
    return owner ? [{ owner, start: Number(start), count: Number(count) }] : [];
  });
}

/**
 * The lowest start of a free range that touches no other.
 * @param {readonly SubidRange[]} ranges
 */
export function freeStart(ranges) {
  let start = FIRST;
  for (const range of [...ranges].sort((a, b) => a.start - b.start)) {
    if (range.start < start + RANGE) start = Math.max(start, range.start + range.count);
  }
  return start;
}

/**
 * The changes that give an account its ranges.
 * @param {{ name: string, uid: number }} account
 * @param {(path: string) => string} [read]
 * @returns {import('./change.mjs').Change[]}
 */
export function planSubids(account, read = (path) => readOr(path, '')) {
  return ['uid', 'gid'].flatMap((kind) => {
    const ranges = parseSubids(read(`/etc/sub${kind}`));
    const owners = [account.name, String(account.uid)];
    if (ranges.some((range) => owners.includes(range.owner) && range.count >= RANGE)) return [];
    const start = freeStart(ranges);
    const span = `${start}-${start + RANGE - 1}`;
    return [
      {
        text: `give ${account.name} the subordinate ${kind}s ${span}`,
        commands: [['usermod', `--add-sub${kind}s`, span, account.name]],
      },
    ];
  });
}
