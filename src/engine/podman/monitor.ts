import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { readStat } from '../../host/process.ts';
import type { ExitNote } from '../engine.ts';

/** By SIGKILL, as the kernel does for want of memory: Podman knows whether it did */
const KILLED = 137;

/** What conmon was told, as far as the end of its container is concerned. */
interface Places {
  /** Where it writes the exit status, in a file with the container's id for a name */
  readonly exits: string;
  /** Where it leaves a file `oom` when the kernel killed something of the container for its memory */
  readonly bundle: string;
}

/**
 * `Engine.exitNote`: each container has a conmon for a parent of its PID 1, which notes the exit status for Podman. That is
 * a dozen milliseconds before Podman, which is starting its clean-up by then, has an answer.
 *
 * Source: conmon(8) --exit-dir, --bundle, --cid
 */
export function exitNote(id: string, pid: number): ExitNote | undefined {
  const places = placesOf(commandLineAbove(pid), id);
  if (places === undefined) return undefined;
  return () => {
    const status = readStatus(`${places.exits}/${id}`);
    // Podman tells more of such an end. Without the directory it is too late to see.
    const isUsual = existsSync(places.bundle) && !existsSync(`${places.bundle}/oom`);
    return isUsual && status !== KILLED ? status : undefined;
  };
}

/** From the words of a conmon that watches over this container; `undefined` for those of any other program. */
export function placesOf(
  [program = '', ...words]: readonly string[],
  id: string,
): Places | undefined {
  const after = (...names: readonly string[]): string =>
    words[words.findIndex((word) => names.includes(word)) + 1] ?? '';
  const isIts = basename(program) === 'conmon' && after('-c', '--cid') === id;
  const [exits, bundle] = [after('--exit-dir'), after('-b', '--bundle')];
  return isIts && exits.startsWith('/') && bundle.startsWith('/') ? { exits, bundle } : undefined;
}

function commandLineAbove(pid: number): readonly string[] {
  try {
    const parent = readStat(pid)?.parent ?? 0;
    return readFileSync(`/proc/${parent}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

function readStatus(path: string): number | undefined {
  try {
    const text = readFileSync(path, 'latin1').trim();
    return /^\d{1,3}$/u.test(text) ? Number(text) : undefined;
  } catch {
    return undefined;
  }
}
