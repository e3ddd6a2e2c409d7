import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { CtError } from '../base/errors.ts';
import { printable } from '../base/text.ts';
import { fileError } from './errors.ts';

/**
 * What changes when the file changes: inode, size, modification time. Cheap, for knowing a digest
 * again.
 *
 * Errors: failed_precondition when it is no file; not_found, permission_denied
 */
export function fileStamp(path: string): string {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) {
      throw new CtError('failed_precondition', `${printable(path)} is not a file`, {
        hint: 'set [image] archive to an OCI or docker archive',
      });
    }
    return `${stat.dev}:${stat.ino}:${stat.size}:${stat.mtimeMs}`;
  } catch (thrown) {
    throw fileError(thrown, 'read the archive', path);
  }
}

/** SHA-256 of a file's content, half a second per 500 MB. */
export function fileSha256(path: string): string {
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(4 * 1024 * 1024);
  try {
    const fd = openSync(path, 'r');
    try {
      for (let size = readSync(fd, chunk); size > 0; size = readSync(fd, chunk)) {
        hash.update(chunk.subarray(0, size));
      }
    } finally {
      closeSync(fd);
    }
  } catch (thrown) {
    throw fileError(thrown, 'read the archive', path);
  }
  return hash.digest('hex');
}
