import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { CtError } from '../base/errors.ts';
import { printable } from '../base/text.ts';
import { fileError, notWritable } from './errors.ts';

/**
 * Makes a directory that only the user can enter, with its parents, and makes sure that it is one.
 *
 * Errors: permission_denied when it belongs to somebody else, is a link or is open to others;
 * failed_precondition when it cannot be made (read-only home)
 */
export function ensurePrivateDir(path: string): string {
  try {
    makeWithParents(path);
    const stat = lstatSync(path);
    const uid = process.getuid?.() ?? -1;
    if (!stat.isDirectory() || stat.uid !== uid || (stat.mode & 0o022) !== 0) {
      throw new CtError(
        'permission_denied',
        `${printable(path)} is not a directory that only you can write to`,
        {
          hint: `check it with 'ls -ld ${printable(path)}'; ct needs a directory of your own there`,
        },
      );
    }
    return path;
  } catch (thrown) {
    throw notWritable(thrown, path) ?? fileError(thrown, 'make the directory', path);
  }
}

/**
 * The same for a directory below one that is safe already: every one on the way must be a directory of the user's,
 * and none a link.
 *
 * Errors: those of {@link ensurePrivateDir}
 */
export function ensureBelow(root: string, below: string): string {
  return below.split('/').reduce((above, name) => ensurePrivateDir(`${above}/${name}`), root);
}

/** Node's own `recursive` never returns where a directory cannot be made at all (/proc). */
function makeWithParents(path: string): void {
  try {
    make(path);
  } catch (thrown) {
    const parent = dirname(path);
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT' || parent === path) throw thrown;
    makeWithParents(parent);
    make(path);
  }
}

function make(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
  }
}

/**
 * Writes a whole file or nothing: a reader sees the old text or the new, also after a crash of the host, unless
 * it means nothing after one (`outlasts`): waiting for the disk takes milliseconds.
 */
export function writeFileAtomic(path: string, data: string, mode = 0o600, outlasts = true): void {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    ensurePrivateDir(dirname(path));
    const fd = openSync(temporary, 'wx', mode);
    try {
      const bytes = Buffer.from(data);
      // A disk with little space left takes a part, and only the next call says that it is full.
      for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
      if (outlasts) fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, path);
  } catch (thrown) {
    removeQuietly(temporary);
    throw fileError(thrown, 'write', path);
  }
}

/** Clean-up that must not hide the failure it follows. */
export function removeQuietly(path: string): void {
  try {
    // rmSync is a module of Node by itself.
    unlinkSync(path);
  } catch {
    // Whatever kept it from being written keeps it from being removed.
  }
}
