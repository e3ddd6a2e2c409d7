import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { CtError } from '../base/errors.ts';
import { printable } from '../base/text.ts';
import { fileError } from '../host/errors.ts';

/** Who else may look at a file: nobody, or whoever likes (a project's own files). */
export type Privacy = 'private' | 'shared';

/** Files of secrets are small, `bytes`. */
const MAX_BYTES = 1024 * 1024;

/**
 * The bytes of a file that holds secrets; `undefined` when there is none. Opened once, no link
 * followed at its end, and judged by what is open: a regular file of the user's own. `private`: mode 0600
 * in a directory that only the user can enter. `shared`: nobody else may write to it.
 *
 * Errors: permission_denied with what to type
 */
export function readPrivateFile(path: string, privacy: Privacy): Buffer | undefined {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (code === 'ELOOP') throw refuse(path, 'is a symbolic link', 'put the file itself there');
    throw fileError(thrown, 'read', path);
  }
  try {
    checkFile(fd, path, privacy);
    const bytes = readFileSync(fd);
    if (bytes.length > MAX_BYTES)
      throw refuse(path, 'is larger than 1 MiB', 'it holds a few lines');
    return bytes;
  } finally {
    closeSync(fd);
  }
}

function checkFile(fd: number, path: string, privacy: Privacy): void {
  const stat = fstatSync(fd);
  if (!stat.isFile()) throw refuse(path, 'is not a regular file', `look at it:  ls -ld ${path}`);
  if (stat.uid !== process.getuid?.()) {
    throw refuse(path, 'belongs to another account', `look at it:  ls -l ${path}`);
  }
  if (stat.size > MAX_BYTES) throw refuse(path, 'is larger than 1 MiB', 'it holds a few lines');
  const mask = privacy === 'private' ? 0o077 : 0o022;
  if ((stat.mode & mask) !== 0) {
    const others = privacy === 'private' ? 'read or written' : 'written';
    const mode = privacy === 'private' ? 'go=' : 'go-w';
    throw refuse(path, `can be ${others} by other accounts`, `type:  chmod ${mode} ${path}`);
  }
  if (privacy === 'private') checkPrivateDir(dirname(path));
}

/**
 * Makes sure that nobody else can write into `dir`, where a file could be exchanged.
 *
 * Errors: permission_denied
 */
export function checkPrivateDir(dir: string): void {
  const stat = lstatSync(dir);
  if (!stat.isDirectory()) throw refuse(dir, 'is not a directory', `look at it:  ls -ld ${dir}`);
  if (stat.uid !== process.getuid?.()) {
    throw refuse(dir, 'belongs to another account', `look at it:  ls -ld ${dir}`);
  }
  if ((stat.mode & 0o022) !== 0) {
    throw refuse(dir, 'can be written to by other accounts', `type:  chmod go-w ${dir}`);
  }
}

function refuse(path: string, what: string, hint: string): CtError {
  return new CtError('permission_denied', `${printable(path)} ${what}: no secret is read there`, {
    hint: printable(hint),
    details: { path },
  });
}
