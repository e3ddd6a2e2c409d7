import { statSync } from 'node:fs';
import { longestRange, rangesOf, readSubidFiles, subidsCommand } from '../host/subids.ts';
import type { SubidFacts } from './facts.ts';
import { runQuietly } from './programs.ts';

/** What `probeSubids` needs to know. */
export interface SubidQuestion {
  readonly account: string;
  readonly uid: number;
  /** Full paths by name */
  readonly programs: Readonly<Record<string, string>>;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * The account's subordinate ids: what the files promise, and what a namespace really gets.
 *
 * Source: subuid(5), newuidmap(1), unshare(1) --map-auto
 */
export async function probeSubids(question: SubidQuestion): Promise<SubidFacts> {
  const { uid } = question;
  const owner = { name: question.account, uid };
  const files = readSubidFiles();
  const mapped = uid === 0 ? undefined : await tryMapping(question);
  return {
    uidCount: longestRange(files.subuid, owner),
    gidCount: longestRange(files.subgid, owner),
    addCommand: subidsCommand(files, owner),
    // unshare maps the first range alone, engines map all: with more than one it says little.
    mappedCount: rangesOf(files.subuid, owner).length > 1 ? undefined : mapped,
    arePrivileged: await arePrivileged(question),
  };
}

/** Ids in the map of a new user namespace: the caller's own and the subordinate ones. */
async function tryMapping({ programs, env }: SubidQuestion): Promise<number | undefined> {
  const { unshare } = programs;
  if (unshare === undefined) return undefined;
  const args = ['--user', '--map-auto', '--map-root-user', '--', 'cat', '/proc/self/uid_map'];
  const map = await runQuietly(unshare, args, env);
  return map === undefined ? undefined : countMapped(map);
}

/** The sum of the lengths in a uid_map: lines of `inside outside length`. */
export function countMapped(map: string): number {
  const lengths = map.split('\n').map((line) => Number(line.trim().split(/\s+/u)[2] ?? 0));
  return lengths.reduce((sum, length) => sum + length, 0);
}

async function arePrivileged(question: SubidQuestion): Promise<boolean | undefined> {
  const answers = await Promise.all(
    ['newuidmap', 'newgidmap'].map((name) => isPrivileged(name, question)),
  );
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}

async function isPrivileged(
  name: string,
  { programs, env }: SubidQuestion,
): Promise<boolean | undefined> {
  const { [name]: path, getcap } = programs;
  const stat = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false });
  if (path === undefined || stat === undefined) return undefined;
  if ((stat.mode & 0o4000) !== 0 && stat.uid === 0) return true;
  if (getcap === undefined) return undefined;
  return (await runQuietly(getcap, [path], env))?.includes('cap_set') ?? undefined;
}
