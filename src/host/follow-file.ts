import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileError } from './errors.ts';

const LOOK_MS = 250;
const CHUNK = 64 * 1024;

/**
 * Hands out what a file holds, and with `goOn` what is added to it, for ever. One that begins anew is read
 * from its beginning; one that is not there yet is empty.
 *
 * Errors: see `fileError`
 */
export async function followFile(
  path: string,
  onText: (text: Buffer) => void,
  goOn: boolean,
): Promise<void> {
  let at = readFrom(path, 0, onText);
  while (goOn) {
    await sleep(LOOK_MS);
    at = readFrom(path, at, onText);
  }
}

/** Reads from `at` to the end; the new end. */
function readFrom(path: string, at: number, onText: (text: Buffer) => void): number {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw fileError(thrown, 'read', path);
  }
  try {
    let from = fstatSync(fd).size < at ? 0 : at;
    for (;;) {
      const chunk = Buffer.alloc(CHUNK);
      const count = readSync(fd, chunk, 0, CHUNK, from);
      if (count === 0) return from;
      from += count;
      onText(chunk.subarray(0, count));
    }
  } finally {
    closeSync(fd);
  }
}
