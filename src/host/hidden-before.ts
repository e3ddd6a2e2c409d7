import type { HiddenBefore } from '../sandbox/project-survey.ts';
import { placeFor, recallText, rememberText } from './remembered.ts';
import { surveyPath } from './survey-path.ts';
import { walkTree, type WalkedFile } from './tree-walk.ts';

/** What became of files that were hidden before. */
export interface FoundAgain {
  readonly files: readonly WalkedFile[];
  /** Directories that one of the others may lie in, and that cannot be looked into */
  readonly closed: readonly string[];
  /** Neither found nor known to be gone: they lie in one of `closed`, or the search came to a bound */
  readonly unresolved: readonly HiddenBefore[];
  readonly isCutShort: boolean;
}

/** Of the search for what is not where it was: it is rare, and must not end before the agent's hiding place. */
const WIDE_LIMITS = { depth: 4096, directories: 200_000, entries: 2_000_000 } as const;

/** No more are remembered of one project; the first ones stay, whatever an agent adds. */
const MAX_REMEMBERED = 1024;

/**
 * Files that were hidden before, where they are now. An agent cannot rename a hidden file, which is a mount point, but
 * a directory above it: to a name that the search for secrets passes by, or deeper than it goes. It can also make more
 * directories than the search goes into. So what was hidden once is looked for by its inode, everywhere in the project
 * if need be.
 */
export function findAgain(dir: string, before: readonly HiddenBefore[]): FoundAgain {
  const isThere = ({ path, inode }: HiddenBefore): boolean => {
    const found = surveyPath(`${dir}/${path}`);
    return found.kind === 'file' && found.inode === inode;
  };
  const there = before.filter(isThere);
  const moved = before.filter((file) => !there.includes(file));
  const files = there.map(({ path }) => fileAt(path));
  if (moved.length === 0) return { files, closed: [], unresolved: [], isCutShort: false };
  const found = search(dir, moved);
  return { ...found, files: [...files, ...found.files] };
}

function search(dir: string, moved: readonly HiddenBefore[]): FoundAgain {
  const names = new Set(moved.map(({ path }) => fileAt(path).name));
  const walked = walkTree(dir, (name) => names.has(name), WIDE_LIMITS, new Set());
  const files: WalkedFile[] = [];
  const left = new Map(moved.map((file) => [file.inode, file]));
  for (const file of walked.files) {
    if (left.delete(surveyPath(`${dir}/${file.path}`).inode)) files.push(file);
  }
  const closed = walked.closed.filter((path) => surveyPath(`${dir}/${path}`).kind === 'directory');
  const isCutShort = walked.isCutShort || closed.length < walked.closed.length;
  const unresolved = isCutShort || closed.length > 0 ? [...left.values()] : [];
  return { files, closed, unresolved, isCutShort };
}

function fileAt(path: string): WalkedFile {
  return { path, name: path.slice(path.lastIndexOf('/') + 1), isLink: false };
}

/** What was hidden from earlier sessions in a project. */
export function recallHidden(stateDir: string, dir: string): readonly HiddenBefore[] {
  const lines = recallText(placeOf(stateDir, dir))?.split('\0') ?? [];
  return lines.flatMap((line) => {
    const [, inode, path] = /^(\d+:\d+) (.+)$/su.exec(line) ?? [];
    return inode === undefined || path === undefined ? [] : [{ path, inode }];
  });
}

/** Remembers what must not be missed the next time. */
export function rememberHidden(
  stateDir: string,
  dir: string,
  files: readonly HiddenBefore[],
): void {
  const lines = files.slice(0, MAX_REMEMBERED).map(({ path, inode }) => `${inode} ${path}`);
  const [place, text] = [placeOf(stateDir, dir), lines.join('\0')];
  if ((recallText(place) ?? '') !== text) rememberText(place, text);
}

function placeOf(stateDir: string, dir: string): string {
  return `${placeFor(stateDir, 'hidden', dir)}.inodes`;
}
