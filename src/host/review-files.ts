import { lstatSync, readdirSync, readlinkSync, type BigIntStats } from 'node:fs';
import { resolve } from 'node:path';
import { GIT_FILES, reasonOf } from '../review/candidates.ts';
import type { ExecutableFile, ReviewedFile, Snapshot } from '../review/compare.ts';
import { parseGitConfig } from '../sandbox/git-text.ts';
import { readPlainFile } from './survey-path.ts';
import { walkTree, type Walked } from './tree-walk.ts';

/** A longer file is known by its stamp only, `bytes` */
const MAX_TEXT = 64 * 1024;
/** What a snapshot may hold, `bytes` */
const MAX_TEXTS = 4 * 1024 * 1024;
const MAX_FILES = 2048;
/** So that a repository of the agent's cannot crowd the others out */
const MAX_INCLUDED = 32;
/** Files whose mode is looked at for new executables; each costs a system call. None of it is less than a snapshot's. */
const EXECUTABLE_LIMITS = { depth: 6, directories: 1024, entries: 16_384 } as const;
/** The kernel stamps files by a coarse clock, `ms` */
const CLOCK_SLACK_MS = 20;

/** The files of a project, and of its repository, that the host may execute, as they are now. */
export function takeSnapshot(
  dir: string,
  repository: string | undefined,
): Pick<Snapshot, 'takenMs' | 'files' | 'isCutShort'> {
  const takenMs = Date.now();
  const walked = walkTree(dir, (name, path) => reasonOf(name, path) !== undefined);
  const wanted = [
    ...(repository === undefined ? [] : gitFiles(repository, '.git')),
    ...walked.repositories.flatMap((path) => nestedRepository(dir, path)),
    ...walked.files.map(({ name, path }) => ({
      path,
      full: `${dir}/${path}`,
      why: reasonOf(name, path) ?? '',
    })),
  ];
  let textsLeft = MAX_TEXTS;
  const files = wanted.slice(0, MAX_FILES).flatMap(({ path, full, why }): ReviewedFile[] => {
    const stat = statOf(full);
    if (stat === undefined || stat.isDirectory()) return [];
    const text = textOf(full, stat, textsLeft);
    textsLeft -= text?.length ?? 0;
    return [{ path, why, stamp: stampOf(stat), text }];
  });
  const isCutShort = isIncomplete(walked) || wanted.length > MAX_FILES || textsLeft <= 0;
  return { takenMs, files, isCutShort };
}

/** An agent can shut a directory as well as fill the project with others. */
function isIncomplete({ isCutShort, closed }: Walked): boolean {
  return isCutShort || closed.length > 0;
}

/** Executable files that were made or changed since a moment, by the kernel's clocks: nobody can set them. */
export function findExecutables(
  dir: string,
  sinceMs: number,
): { readonly files: readonly ExecutableFile[]; readonly isCutShort: boolean } {
  const since = sinceMs - CLOCK_SLACK_MS;
  let textsLeft = MAX_TEXTS;
  const walked = walkTree(dir, () => true, EXECUTABLE_LIMITS);
  const files = walked.files.flatMap(({ path, isLink }) => {
    if (isLink) return [];
    const stat = statOf(`${dir}/${path}`);
    if (stat === undefined || !stat.isFile() || (stat.mode & 0o111n) === 0n) return [];
    if (Number(stat.ctimeMs) < since) return [];
    const text = textOf(`${dir}/${path}`, stat, textsLeft);
    textsLeft -= text?.length ?? 0;
    return [{ path, isNew: Number(stat.birthtimeMs) >= since, text }];
  });
  return { files, isCutShort: isIncomplete(walked) };
}

interface Wanted {
  readonly path: string;
  readonly full: string;
  readonly why: string;
}

function gitFiles(dir: string, name: string): readonly Wanted[] {
  const hooks = namesIn(`${dir}/hooks`)
    .filter((hook) => !hook.endsWith('.sample'))
    .map((hook) => `hooks/${hook}`);
  return [...GIT_FILES, ...hooks, ...includedFiles(dir)].map((file) => ({
    path: `${name}/${file}`,
    full: `${dir}/${file}`,
    why: 'git or its hooks',
  }));
}

/** Files of a repository that its configuration includes, there or not: a missing one cannot be protected. */
function includedFiles(dir: string): readonly string[] {
  const config = readPlainFile(`${dir}/config`, MAX_TEXT)?.toString('utf8') ?? '';
  return parseGitConfig(config)
    .includes.slice(0, MAX_INCLUDED)
    .map((path) => resolve(dir, path))
    .flatMap((full) => (full.startsWith(`${dir}/`) ? [full.slice(dir.length + 1)] : []));
}

/** A repository inside the project: git on the host runs what its configuration says, at `git status` already. */
function nestedRepository(dir: string, path: string): readonly Wanted[] {
  const dotGit = `${path}/.git`;
  return [
    { path: dotGit, full: `${dir}/${dotGit}`, why: 'a repository of its own' },
    ...gitFiles(`${dir}/${dotGit}`, dotGit),
  ];
}

function textOf(path: string, stat: BigIntStats, left: number): string | undefined {
  if (stat.isSymbolicLink()) return `-> ${linkOf(path)}`;
  if (!stat.isFile() || stat.size > BigInt(Math.min(MAX_TEXT, Math.max(left, 0)))) return undefined;
  const bytes = readPlainFile(path, MAX_TEXT);
  return bytes === undefined || bytes.includes(0) ? undefined : bytes.toString('utf8');
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '?';
  }
}

function stampOf({ ino, size, mode, mtimeNs, ctimeNs }: BigIntStats): string {
  return [ino, size, mode, mtimeNs, ctimeNs].join(':');
}

function statOf(path: string): BigIntStats | undefined {
  try {
    return lstatSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function namesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}
