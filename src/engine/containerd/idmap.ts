import { CtError } from '../../base/errors.ts';

/** A stretch of ids of a user namespace. Source: user_namespaces(7) "uid_map" */
export interface IdRange {
  readonly inside: number;
  readonly outside: number;
  readonly count: number;
}

/** All of them. */
export type IdMap = readonly IdRange[];

/** A mapping in the runtime spec's words; `hostID` is an id of the daemon's namespace. */
export interface OciIdMapping {
  readonly containerID: number;
  readonly hostID: number;
  readonly size: number;
}

/**
 * Reads `/proc/<pid>/uid_map` or `gid_map`.
 *
 * Errors: internal for text of another form
 */
export function parseIdMap(text: string): IdMap {
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [inside, outside, count] = line.trim().split(/\s+/u).map(Number);
      if (inside === undefined || outside === undefined || !Number.isInteger(count)) {
        throw new CtError('internal', 'the id map of the engine cannot be read');
      }
      return { inside, outside, count: count ?? 0 };
    });
}

/** How many ids there are without a gap from 0: what a container may use. */
export function idCount(map: IdMap): number {
  let end = 0;
  for (const { inside, count } of [...map].sort((a, b) => a.inside - b.inside)) {
    if (inside > end) break;
    end = Math.max(end, inside + count);
  }
  return end;
}

/** Fewer would leave ids of an ordinary image (nobody is 65534) without a place. */
const MIN_IDS = 65_535;

/**
 * keep-id: the daemon's id 0, which is the user, appears inside as `kept`; the ids below it move up
 * by one, so that root inside is a subordinate id.
 *
 * One id too many and the runtime fails without a word that helps, so the real map counts.
 * Errors: failed_precondition when the namespace has too few ids
 */
export function keepId(map: IdMap, kept: number): readonly OciIdMapping[] {
  const count = idCount(map);
  if (count < MIN_IDS) {
    throw new CtError(
      'failed_precondition',
      `the engine's user namespace has ${count} ids, and ${MIN_IDS} are needed`,
      { hint: "your account needs a range of 65536 subordinate ids: 'ct sys doctor' says how" },
    );
  }
  return [
    { containerID: 0, hostID: 1, size: kept },
    { containerID: kept, hostID: 0, size: 1 },
    { containerID: kept + 1, hostID: kept + 1, size: count - 1 - kept },
  ];
}

/** Where keep-id puts an id of the container: its owner on disk, as the daemon's namespace has it. */
export function shiftId(id: number, kept: number): number {
  if (id < kept) return id + 1;
  return id === kept ? 0 : id;
}
