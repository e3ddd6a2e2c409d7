import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  type BigIntStats,
} from 'node:fs';
import { isStub } from './stubs.ts';
import type { PathKind, SurveyedPath } from '../sandbox/project-survey.ts';

/** A path as it is now; links are not followed. What cannot be looked at counts as `other`. */
export function surveyPath(path: string): SurveyedPath {
  try {
    const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    if (stat === undefined) return { path, kind: 'missing', inode: '' };
    return { path, kind: kindOf(stat), inode: inodeOf(stat) };
  } catch (thrown) {
    const isAbsent = (thrown as NodeJS.ErrnoException).code === 'ENOTDIR';
    return { path, kind: isAbsent ? 'missing' : 'other', inode: '' };
  }
}

/**
 * The same for a path that sessions may have put a stub at: a stub counts as missing, also one that goes
 * while it is looked at, since the session that had it has just ended.
 */
export function surveyProtected(path: string): SurveyedPath {
  const found = surveyPath(path);
  if (found.kind !== 'directory' || isStub(path) === false) return found;
  return { path, kind: 'missing', inode: '' };
}

/** `dev:ino`. */
export function inodeOf(stat: Pick<BigIntStats, 'dev' | 'ino'>): string {
  return `${stat.dev}:${stat.ino}`;
}

function kindOf(stat: BigIntStats): PathKind {
  if (stat.isSymbolicLink()) return 'link';
  if (stat.isDirectory()) return 'directory';
  return stat.isFile() ? 'file' : 'other';
}

/**
 * The beginning of a plain file of a hostile directory: no link is followed, no pipe blocks, and no more
 * is read than asked for. `undefined` for anything else.
 */
export function readPlainFile(path: string, maxBytes: number): Buffer | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stat = fstatSync(fd);
    if (!stat.isFile()) return undefined;
    const buffer = Buffer.allocUnsafe(Math.min(maxBytes, stat.size));
    let length = 0;
    while (length < buffer.length) {
      const count = readSync(fd, buffer, length, buffer.length - length, length);
      if (count === 0) break;
      length += count;
    }
    return buffer.subarray(0, length);
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
