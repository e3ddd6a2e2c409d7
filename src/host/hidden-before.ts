import { createHash } from 'node:crypto';
import { recallText, rememberText } from './remembered.ts';
import { surveyPath } from './survey-path.ts';
import { walkTree, type WalkedFile } from './tree-walk.ts';

/** A file of a project that was hidden from a session. */
export interface HiddenBefore {
  /** Relative to the project */
  readonly path: string;
  /** `dev:ino` */
  readonly inode: string;
}

/** What became of files that were hidden before. */
export interface FoundAgain {
  readonly files: readonly WalkedFile[];
  /** Paths of those that may be elsewhere in the project: it is too large to know */
  readonly lost: readonly string[];
}

/** Of the search for what is not where it was: it is rare, and must not end before the agent's hiding place. */
const WIDE_LIMITS = { depth: 256, directories: 200_000, entries: 2_000_000 } as const;

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
  if (moved.length === 0) return { files, lost: [] };
  const names = new Set(moved.map(({ path }) => fileAt(path).name));
  const inodes = new Set(moved.map(({ inode }) => inode));
  const walked = walkTree(dir, (name) => names.has(name), WIDE_LIMITS, new Set());
  const found = walked.files.filter(({ path }) => inodes.has(surveyPath(`${dir}/${path}`).inode));
  const isLost = walked.isCutShort && found.length < moved.length;
  return { files: [...files, ...found], lost: isLost ? moved.map(({ path }) => path) : [] };
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

/** Remembers what is hidden now, by its paths relative to the project; what is a file no more is forgotten. */
export function rememberHidden(stateDir: string, dir: string, paths: readonly string[]): void {
  const text = paths
    .slice(0, MAX_REMEMBERED)
    .map((path) => ({ path, found: surveyPath(`${dir}/${path}`) }))
    .filter(({ found }) => found.kind === 'file')
    .map(({ path, found }) => `${found.inode} ${path}`)
    .join('\0');
  const place = placeOf(stateDir, dir);
  if ((recallText(place) ?? '') !== text) rememberText(place, text);
}

function placeOf(stateDir: string, dir: string): string {
  const key = createHash('sha256').update(dir).digest('hex').slice(0, 32);
  return `${stateDir}/hidden/${key}.inodes`;
}
