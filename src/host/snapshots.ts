import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { Snapshot } from '../review/compare.ts';
import { fileError } from './errors.ts';
import { ensurePrivateDir, removeQuietly } from './files.ts';
import { placeFor } from './remembered.ts';

/** Sessions of one project whose beginnings are kept */
const KEPT = 8;

/**
 * Keeps what a project looked like when a session began, and forgets the oldest.
 *
 * Errors: resource_exhausted on a full disk, and what else keeps a file from being written: without it there is
 * no review
 */
export function keepSnapshot(stateDir: string, snapshot: Snapshot): void {
  const dir = placeFor(stateDir, 'review', snapshot.dir);
  const path = `${dir}/${snapshot.session}.json`;
  try {
    ensurePrivateDir(dir);
    writeFileSync(path, JSON.stringify(snapshot), { mode: 0o600 });
  } catch (thrown) {
    removeQuietly(path);
    throw fileError(thrown, 'write', path);
  }
  for (const name of newestFirst(dir).slice(KEPT)) removeQuietly(`${dir}/${name}`);
}

/** The beginning of a session in this project: of the one named, else of the newest. */
export function findSnapshot(
  stateDir: string,
  projectDir: string,
  session?: string,
): Snapshot | undefined {
  const dir = placeFor(stateDir, 'review', projectDir);
  const names = newestFirst(dir);
  const name = session === undefined ? names[0] : names.find((each) => each.startsWith(session));
  return name === undefined ? undefined : readSnapshot(`${dir}/${name}`);
}

/** The sessions of this project whose beginnings are kept, the newest first. */
export function sessionsKept(stateDir: string, projectDir: string): readonly string[] {
  return newestFirst(placeFor(stateDir, 'review', projectDir)).map((name) =>
    name.replace(/\.json$/u, ''),
  );
}

function newestFirst(dir: string): readonly string[] {
  try {
    return readdirSync(dir)
      .map((name) => ({ name, time: statSync(`${dir}/${name}`).mtimeMs }))
      .sort((a, b) => b.time - a.time)
      .map(({ name }) => name);
  } catch {
    return [];
  }
}

function readSnapshot(path: string): Snapshot | undefined {
  try {
    const read = JSON.parse(readFileSync(path, 'utf8')) as Snapshot;
    return read.schema === 1 && Array.isArray(read.files) ? read : undefined;
  } catch {
    return undefined;
  }
}
