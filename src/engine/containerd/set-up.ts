import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { fileError } from '../../host/errors.ts';
import type { Place } from './backend.ts';

/** A file beside the FIFOs of a container: it had a task once, so one without has ended. */
const MARK = 'set-up';

/** Says that the container has a task from here on. */
export function markSetUp({ ioDir }: Pick<Place, 'ioDir'>, id: string): void {
  const path = `${ioDir}/${id}/${MARK}`;
  try {
    writeFileSync(path, '', { mode: 0o600 });
  } catch (thrown) {
    throw fileError(thrown, 'write that the container was set up', path);
  }
}

/**
 * Whether a container had a task. To be asked before the engine is asked for the task: afterwards it may
 * just have been made, and a session that begins would be taken for one that ended.
 */
export function wasSetUp({ ioDir }: Pick<Place, 'ioDir'>, id: string): boolean {
  return existsSync(`${ioDir}/${id}/${MARK}`);
}

/** Ids of all containers that had a task, see `wasSetUp`; and how many directories of containers there are. */
export function allSetUp(place: Pick<Place, 'ioDir'>): {
  readonly ids: ReadonlySet<string>;
  readonly directories: number;
} {
  const names = readdirSync(place.ioDir);
  return { ids: new Set(names.filter((id) => wasSetUp(place, id))), directories: names.length };
}
