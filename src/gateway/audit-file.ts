import { closeSync, fstatSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { ensurePrivateDir } from '../host/files.ts';
import type { NetworkRecord } from '../network/record.ts';
import { networkLogPath } from './control/place.ts';

/** The network log of one session on disk: lines of JSON, the user's alone. */
export interface AuditFile {
  write(record: NetworkRecord): void;
  close(): void;
}

/** A session's log ends here, `bytes`; the recorder's bound on lines makes that a day of noise. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Opens it to append; made with its first line, so that a session without any leaves none. One that is
 * full ends with a line that says so: nothing in it is ever written over, since that would let a session
 * push what it did first out of its own log.
 */
export function openAuditFile(
  stateDir: string,
  session: string,
  maxBytes: number = MAX_BYTES,
): AuditFile {
  const path = networkLogPath(stateDir, session);
  let fd: number | undefined;
  let size = 0;
  let isOver = false;
  const append = (record: NetworkRecord): void => {
    if (fd === undefined) {
      ensurePrivateDir(dirname(path));
      fd = openSync(path, 'a', 0o600);
      // Whoever served the session before may have written most of it.
      size = fstatSync(fd).size;
    }
    size += writeSync(fd, `${JSON.stringify(record)}\n`);
  };
  return {
    write: (record) => {
      if (isOver) return;
      append(record);
      if (size < maxBytes) return;
      isOver = true;
      const detail = 'the log is full: nothing more is written down';
      const { time } = record;
      append({ time, session, event: 'limit', verdict: 'deny', reason: 'limit', detail });
    },
    close: () => {
      if (fd !== undefined) closeSync(fd);
      fd = undefined;
      isOver = true;
    },
  };
}
