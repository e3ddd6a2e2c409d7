import { readdirSync, rmSync, statSync } from 'node:fs';
import type { Backend } from './backend.ts';
import { createPlaceholder, listRecords } from './containers.ts';

/** A directory without a container is a ct's that makes one, for longer than any call takes, `ms` */
const MAKING_MS = 10 * 60_000;

/**
 * What nobody would find by its record: tasks whose record is gone, which `remove` then ends, and
 * directories of a ct that was killed before there was one. `tasks` must have been listed before: records
 * are made first and removed last.
 *
 * A task without a record can be listed and nothing else, every other call says not found: it is given
 * one again.
 */
export async function sweepLost(
  backend: Backend,
  tasks: Iterable<string>,
  remove: (id: string) => Promise<void>,
): Promise<void> {
  const { ioDir } = backend.place;
  const known = new Set((await listRecords(backend, [])).map(({ id }) => id));
  for (const id of tasks) {
    if (known.has(id)) continue;
    await createPlaceholder(backend, id);
    await remove(id);
  }
  for (const name of readdirSync(ioDir)) {
    const made = statSync(`${ioDir}/${name}`, { throwIfNoEntry: false })?.mtimeMs;
    if (known.has(name) || made === undefined || Date.now() - made < MAKING_MS) continue;
    rmSync(`${ioDir}/${name}`, { recursive: true, force: true });
  }
}
