import { randomBytes } from 'node:crypto';
import { linkSync } from 'node:fs';
import { fileError } from './errors.ts';
import { removeQuietly, writeFileAtomic } from './files.ts';

/**
 * Puts a file in place, whole, unless something is there: of many who try at once, link(2) lets one in.
 *
 * Errors: see `writeFileAtomic` and `fileError`
 */
export function placeOnce(path: string, text: string): void {
  const mine = `${path}.${randomBytes(6).toString('hex')}`;
  writeFileAtomic(mine, text);
  try {
    linkSync(mine, path);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw fileError(thrown, 'make', path);
  } finally {
    removeQuietly(mine);
  }
}
