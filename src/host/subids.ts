import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { CtError } from '../base/errors.ts';

/** How many ids a container's namespace needs: 0 to 65535, beside the user's own. */
export const MIN_SUBIDS = 65_536;

/** The lowest id that tools hand out. Source: login.defs(5) SUB_UID_MIN */
const FIRST = 100_000;

/** The two files, as text. */
export interface SubidFiles {
  readonly subuid: string;
  readonly subgid: string;
}

/** The files of this host; one that cannot be read is empty. */
export function readSubidFiles(): SubidFiles {
  return { subuid: readText('/etc/subuid'), subgid: readText('/etc/subgid') };
}

/**
 * The longest range of an account in a file of lines `owner:first:count`; the owner is a name or a uid.
 *
 * Source: subuid(5)
 */
export function longestRange(text: string, { name, uid }: SubidOwner): number {
  return Math.max(0, ...rangesOf(text, { name, uid }));
}

/** Lengths of all ranges of an account, in the order of the file. */
export function rangesOf(text: string, { name, uid }: SubidOwner): readonly number[] {
  const owners = [name, String(uid)];
  return parse(text).flatMap((range) => (owners.includes(range.owner) ? [range.count] : []));
}

/** Whose ranges. */
export interface SubidOwner {
  readonly name: string;
  readonly uid: number;
}

/**
 * The line that root types to give an account what it lacks, with a range that nobody has in either
 * file; `undefined` when it lacks nothing.
 */
export function subidsCommand(files: SubidFiles, owner: SubidOwner): string | undefined {
  const start = freeStart([...parse(files.subuid), ...parse(files.subgid)]);
  const range = `${start}-${start + MIN_SUBIDS - 1}`;
  const options = [
    ...(longestRange(files.subuid, owner) < MIN_SUBIDS ? [`--add-subuids ${range}`] : []),
    ...(longestRange(files.subgid, owner) < MIN_SUBIDS ? [`--add-subgids ${range}`] : []),
  ];
  return options.length === 0 ? undefined : `usermod ${options.join(' ')} ${owner.name}`;
}

/**
 * Stops an account without subordinate ids before an engine is started or an image is made for it:
 * Podman itself goes on, and fails minutes later.
 *
 * Ids may also come from a directory service; then only the kernel knows, and this says nothing.
 * Errors: failed_precondition
 * Source: subuid(5), nsswitch.conf(5) "subid"
 */
export function requireSubids(files: SubidFiles = readSubidFiles()): void {
  const owner = callingAccount();
  if (owner.uid === 0) return;
  const command = subidsCommand(files, owner);
  if (command === undefined || hasOtherSource(readText('/etc/nsswitch.conf'))) return;
  throw new CtError(
    'failed_precondition',
    `your account ${owner.name} has no subordinate ids: ${lacking(command)}`,
    { hint: `as root:  ${command}` },
  );
}

/** Whether ids come from elsewhere than the files. */
export function hasOtherSource(nsswitch: string): boolean {
  const sources = /^subid:(.*)$/mu.exec(nsswitch)?.[1]?.trim().split(/\s+/u) ?? [];
  return sources.some((word) => word !== '' && word !== 'files');
}

/** The account that runs this process; nameless ones go by their number. */
export function callingAccount(): SubidOwner {
  const uid = process.getuid?.() ?? -1;
  try {
    return { name: userInfo().username, uid };
  } catch {
    return { name: String(uid), uid };
  }
}

function lacking(command: string): string {
  const files = ['subuid', 'subgid'].filter((kind) => command.includes(`--add-${kind}s`));
  return `no range of ${MIN_SUBIDS} in ${files.map((kind) => `/etc/${kind}`).join(' and ')}`;
}

interface Range {
  readonly owner: string;
  readonly start: number;
  readonly count: number;
}

function parse(text: string): readonly Range[] {
  return text.split('\n').flatMap((line) => {
    const [, owner, start, count] = /^([^:#\s]+):(\d+):(\d+)$/u.exec(line.trim()) ?? [];
    return owner === undefined ? [] : [{ owner, start: Number(start), count: Number(count) }];
  });
}

function freeStart(ranges: readonly Range[]): number {
  let start = FIRST;
  for (const range of [...ranges].sort((a, b) => a.start - b.start)) {
    if (range.start < start + MIN_SUBIDS) start = Math.max(start, range.start + range.count);
  }
  return start;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
