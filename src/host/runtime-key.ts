import { randomBytes } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { CtError } from '../base/errors.ts';
import { fileError } from './errors.ts';
import { placeOnce } from './place-once.ts';

/** Where {@link runtimeKey} lies. */
export function runtimeKeyPath(runtimeDir: string): string {
  return `${runtimeDir}/ct/key`;
}

/**
 * A word that all processes of the account know and nobody else: random, in a file that only the account can
 * read, made by whoever comes first and gone with the runtime directory. Both ends of the service's socket
 * show that they know it, since Node does not tell who is at the other end (SO_PEERCRED).
 *
 * Errors: permission_denied when the file is open to others or not ours; see `fileError`
 */
export function runtimeKey(runtimeDir: string): string {
  const path = runtimeKeyPath(runtimeDir);
  const known = readKey(path);
  if (known !== undefined) return known;
  placeOnce(path, randomBytes(32).toString('hex'));
  return readKey(path) ?? runtimeKey(runtimeDir);
}

/** `undefined` when there is none. */
function readKey(path: string): string | undefined {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw fileError(thrown, 'read', path);
  }
  try {
    const { uid, mode } = fstatSync(fd);
    const text = readFileSync(fd, 'latin1');
    if (uid === process.getuid?.() && (mode & 0o077) === 0 && /^[0-9a-f]{64}$/u.test(text)) {
      return text;
    }
  } finally {
    closeSync(fd);
  }
  throw new CtError('permission_denied', `${path} is not a key that only you can read`, {
    hint: `remove it, and put the service anew:  rm ${path}; ct daemon restart`,
  });
}
