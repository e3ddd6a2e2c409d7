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

/** Remembers something that it is no harm to forget: a full disk or a read-only home is no error. */
export function rememberText(path: string, text: string): void {
  try {
    ensurePrivateDir(dirname(path));
    writeFileSync(path, text, { mode: 0o600 });
  } catch {
    // Told again next time.
  }
}
