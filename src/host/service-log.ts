import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileError } from './errors.ts';
import { startDetached, type Command } from './exec.ts';
import { ensurePrivateDir } from './files.ts';

/** A service's log begins anew above this, `bytes` */
const MAX_LOG_BYTES = 1024 * 1024;
const LAST_BYTES = 2000;

/**
 * Opens the log of a service that ct starts, for appending, readable by the user alone; resolves to the
 * descriptor, which the caller closes.
 *
 * Errors: see `fileError`
 */
export function openServiceLog(path: string): number {
  try {
    const fd = openSync(path, 'a+', 0o600);
    if (fstatSync(fd).size <= MAX_LOG_BYTES) return fd;
    closeSync(fd);
    return openSync(path, 'w+', 0o600);
  } catch (thrown) {
    throw fileError(thrown, 'write the log', path);
  }
}

/** What was written to the log since `begin`, at most its last 2000 bytes. */
export function lastWords(path: string, begin: number): string {
  const fd = openSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    const from = Math.max(begin, size - LAST_BYTES);
    const text = Buffer.alloc(Math.max(0, size - from));
    readSync(fd, text, 0, text.length, from);
    return text.toString('utf8').trim() || 'it ended without a word';
  } finally {
    closeSync(fd);
  }
}

/**
 * Starts a program that goes on by itself; what it says is in the log.
 *
 * Errors: not_found when there is no such program; see `ensurePrivateDir`
 */
export async function startLogged(command: Command, logPath: string): Promise<void> {
  ensurePrivateDir(dirname(logPath));
  const log = openServiceLog(logPath);
  try {
    await startDetached(command, log);
  } finally {
    closeSync(log);
  }
}
