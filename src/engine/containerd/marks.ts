import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileError } from '../../host/errors.ts';
import { readStat } from '../../host/process.ts';
import { recallText } from '../../host/remembered.ts';
import type { Place } from './backend.ts';

/** Where marks are: files beside the FIFOs of a container. */
type Marked = Pick<Place, 'ioDir'>;

/** It had a task once, so one without has ended; what PID 1 of it was. */
const SET_UP = 'set-up';
/** The keeper reads its output while nobody else does. */
const KEPT = 'kept';

/** Socket of the process that keeps output. */
export function keeperSocket({ ioDir }: Marked): string {
  return `${dirname(ioDir)}/keeper.sock`;
}

/** Says that the container has a task from here on, and `pid` in it. */
export function markSetUp(place: Marked, id: string, pid: number): void {
  mark(place, id, SET_UP, `${pid} ${readStat(pid)?.startTicks ?? ''}`);
}

/** Pid and start time of what `markSetUp` was told; `undefined` without a mark, or when it had ended then. */
export function firstProcess(
  { ioDir }: Marked,
  id: string,
): { readonly pid: number; readonly startTicks: string } | undefined {
  const [pid, startTicks = ''] = recallText(`${ioDir}/${id}/${SET_UP}`)?.split(' ') ?? [];
  return startTicks === '' ? undefined : { pid: Number(pid), startTicks };
}

/** Says that nobody of its own follows a container: also a keeper that begins later reads it. */
export function markKept(place: Marked, id: string): void {
  mark(place, id, KEPT);
}

/**
 * Whether a container had a task. To be asked before the engine is asked for the task: afterwards it may
 * just have been made, and a session that begins would be taken for one that ended.
 */
export function wasSetUp(place: Marked, id: string): boolean {
  return isMarked(place, id, SET_UP);
}

/** Whether the output of a container is kept. */
export function isKept(place: Marked, id: string): boolean {
  return isMarked(place, id, KEPT);
}

/** Ids of all containers that had a task, see `wasSetUp`; and how many directories of containers there are. */
export function allSetUp(place: Marked): {
  readonly ids: ReadonlySet<string>;
  readonly directories: number;
} {
  const names = readdirSync(place.ioDir);
  return { ids: new Set(names.filter((id) => wasSetUp(place, id))), directories: names.length };
}

/** Ids of all containers whose output is kept; none when the runtime directory has gone. */
export function allKept(place: Marked): readonly string[] {
  if (!existsSync(place.ioDir)) return [];
  return readdirSync(place.ioDir).filter((id) => isKept(place, id));
}

function mark({ ioDir }: Marked, id: string, name: string, text = ''): void {
  const path = `${ioDir}/${id}/${name}`;
  try {
    writeFileSync(path, text, { mode: 0o600 });
  } catch (thrown) {
    throw fileError(thrown, 'mark the container', path);
  }
}

function isMarked({ ioDir }: Marked, id: string, name: string): boolean {
  return existsSync(`${ioDir}/${id}/${name}`);
}
