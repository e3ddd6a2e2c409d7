import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ensurePrivateDir } from './files.ts';

/** What was remembered under a path of ct's own; `undefined` when nothing was. */
export function recallText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Where what is remembered of a directory lies, by its kind: any path makes a name of the same length. */
export function placeFor(stateDir: string, kind: 'hidden' | 'review', dir: string): string {
  const key = createHash('sha256').update(dir).digest('hex').slice(0, 32);
  return `${stateDir}/${kind}/${key}`;
}

/** Remembers something that it is no harm to forget: a full disk or a read-only home is no error. */
export function rememberText(path: string, text: string): void {
  try {
    ensurePrivateDir(dirname(path));
    writeFileSync(path, text, { mode: 0o600 });
  } catch {
    // Told again next time.
  }
}
