import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync } from 'node:fs';
import { writeFileAtomic } from './files.ts';
import { fileError } from './errors.ts';

/**
 * The random id of this installation, made on first use. Containers, images and volumes carry it, so
 * that two installations on one engine never touch each other.
 */
export function installationId(stateDir: string): string {
  const path = `${stateDir}/instance`;
  const known = readId(path);
  if (known !== undefined) return known;
  // Twenty first runs at once: link() lets exactly one of them name it.
  const mine = `${path}.${randomBytes(6).toString('hex')}`;
  writeFileAtomic(mine, `${randomBytes(8).toString('hex')}\n`);
  try {
    linkSync(mine, path);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw fileError(thrown, 'make', path);
    if (readId(path) === undefined) removeGarbled(path);
  } finally {
    rmSync(mine, { force: true });
  }
  return readId(path) ?? installationId(stateDir);
}

function removeGarbled(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (thrown) {
    throw fileError(thrown, 'replace', path);
  }
}

/** A short random word for a session: easy to type, unique enough for one user's sessions. */
export function newSessionId(): string {
  return randomBytes(4).toString('hex');
}

function readId(path: string): string | undefined {
  try {
    return /^[0-9a-f]{16}(?=\n$)/u.exec(readFileSync(path, 'utf8'))?.[0];
  } catch {
    return undefined;
  }
}
