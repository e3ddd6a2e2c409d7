import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { fileError } from './errors.ts';
import { placeOnce } from './place-once.ts';

/**
 * The random id of this installation, made on first use. Containers, images and volumes carry it, so
 * that two installations on one engine never touch each other.
 */
export function installationId(stateDir: string): string {
  const path = `${stateDir}/instance`;
  const known = readId(path);
  if (known !== undefined) return known;
  placeOnce(path, `${randomBytes(8).toString('hex')}\n`);
  const placed = readId(path);
  if (placed !== undefined) return placed;
  removeGarbled(path);
  return installationId(stateDir);
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
