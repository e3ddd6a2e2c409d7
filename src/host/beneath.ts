import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { CtError } from '../base/errors.ts';
import { printable } from '../base/text.ts';
import { fileError } from './errors.ts';
import { removeQuietly } from './files.ts';

/** Whoever may write below the root may exchange a directory for a link at any moment. */
const DIRECTORY = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const PLAIN = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * The bytes of a file below `root`, of which an agent may have written every part: no link is followed
 * on the way, and no pipe waited for. `undefined` when there is none.
 *
 * Errors: failed_precondition when a link or no plain file is in the way, or it has more than `maxBytes`
 */
export function readBeneath(root: string, path: string, maxBytes: number): Buffer | undefined {
  const { dirs, name } = split(path);
  const dir = openDirs(root, dirs, false);
  if (dir === undefined) return undefined;
  let fd: number | undefined;
  try {
    fd = openSync(`/proc/self/fd/${dir}/${name}`, PLAIN);
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw inTheWay(`${root}/${path}`, 'no plain file');
    if (stat.size > maxBytes) throw inTheWay(`${root}/${path}`, 'too large');
    return readFileSync(fd);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw translated(thrown, root, path, 'read');
  } finally {
    if (fd !== undefined) closeSync(fd);
    closeSync(dir);
  }
}

/**
 * Writes a file below `root`, whole or not at all, for its owner alone; directories on the way are made.
 * A link at its own place is replaced, none is followed.
 *
 * Errors: failed_precondition when a link is on the way; those of the file system, with the path
 */
export function writeBeneath(root: string, path: string, data: string | Buffer): void {
  const { dirs, name } = split(path);
  const dir = openDirs(root, dirs, true) as number;
  const temporary = `/proc/self/fd/${dir}/.ct-${randomBytes(6).toString('hex')}.tmp`;
  try {
    const fd = openSync(temporary, 'wx', 0o600);
    try {
      const bytes = typeof data === 'string' ? Buffer.from(data) : data;
      for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, `/proc/self/fd/${dir}/${name}`);
  } catch (thrown) {
    removeQuietly(temporary);
    throw translated(thrown, root, path, 'write');
  } finally {
    closeSync(dir);
  }
}

function split(path: string): { readonly dirs: readonly string[]; readonly name: string } {
  const parts = path.split('/');
  const name = parts.pop() ?? '';
  if (name === '' || [...parts, name].some((part) => ['', '.', '..'].includes(part))) {
    throw new CtError('internal', `'${printable(path)}' is no path below a directory`);
  }
  return { dirs: parts, name };
}

/** A descriptor of the last of `dirs`; `undefined` when one is missing and not to be made. */
function openDirs(root: string, dirs: readonly string[], make: boolean): number | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(root, DIRECTORY);
    for (const part of dirs) {
      const next = openPart(`/proc/self/fd/${fd}/${part}`, make);
      closeSync(fd);
      fd = next;
    }
    return fd;
  } catch (thrown) {
    if (fd !== undefined) closeSync(fd);
    if (!make && (thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw translated(thrown, root, dirs.join('/'), 'open');
  }
}

function openPart(path: string, make: boolean): number {
  try {
    return openSync(path, DIRECTORY);
  } catch (thrown) {
    if (!make || (thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown;
    mkdirSync(path, { mode: 0o700 });
    return openSync(path, DIRECTORY);
  }
}

function translated(thrown: unknown, root: string, path: string, verb: string): CtError {
  const { code } = thrown as NodeJS.ErrnoException;
  const full = `${root}/${path}`;
  if (code === 'ELOOP' || code === 'ENOTDIR') return inTheWay(full, 'a link or a file');
  if (code === 'EISDIR') return inTheWay(full, 'a directory');
  return fileError(thrown, verb, full);
}

function inTheWay(path: string, what: string): CtError {
  return new CtError('failed_precondition', `${printable(path)}: ${what} is in the way`, {
    hint: `an agent may have made it, so ct does not go through it: look at it with 'ls -l ${printable(path)}'`,
    details: { path },
  });
}
