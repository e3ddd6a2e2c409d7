import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileError } from '../../host/errors.ts';
import type { Place } from './backend.ts';

/** A file beside the FIFOs of a container whose output the keeper reads while nobody else does. */
const MARK = 'kept';

/** Socket of the process that keeps output. */
export function keeperSocket({ ioDir }: Pick<Place, 'ioDir'>): string {
  return `${dirname(ioDir)}/keeper.sock`;
}

/** Says that nobody of its own follows a container: also a keeper that begins later reads it. */
export function markKept({ ioDir }: Pick<Place, 'ioDir'>, id: string): void {
  const path = `${ioDir}/${id}/${MARK}`;
  try {
    writeFileSync(path, '', { mode: 0o600 });
  } catch (thrown) {
    throw fileError(thrown, 'write that the output is to be kept', path);
  }
}

/** Whether the output of a container is kept. */
export function isKept({ ioDir }: Pick<Place, 'ioDir'>, id: string): boolean {
  return existsSync(`${ioDir}/${id}/${MARK}`);
}

/** Ids of all those containers; none when the runtime directory has gone. */
export function allKept(place: Pick<Place, 'ioDir'>): readonly string[] {
  if (!existsSync(place.ioDir)) return [];
  return readdirSync(place.ioDir).filter((id) => isKept(place, id));
}
