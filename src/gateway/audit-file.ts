import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { ensurePrivateDir } from '../host/files.ts';
import type { NetworkRecord } from '../network/record.ts';
import { networkLogPath } from './control/place.ts';

/** The network log of one session on disk: lines of JSON, the user's alone. */
export interface AuditFile {
  /**
   * Never throws: an agent can fill the disk that the log is on, and what a connection may do must not
   * depend on it. The next line that can be written says how many are missing.
   */
  write(record: NetworkRecord): void;
  /** Lines that could not be written; 0 as soon as the log says so itself */
  readonly missing: number;
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
  let missing = 0;
  let isOver = false;
  const close = (): void => {
    if (fd !== undefined) closeSync(fd);
    fd = undefined;
  };
  const append = (record: NetworkRecord): void => {
    if (fd === undefined) {
      ensurePrivateDir(dirname(path));
      fd = openSync(path, 'a', 0o600);
      // Whoever served the session before may have written most of it.
      size = fstatSync(fd).size;
    }
    size += writeWhole(fd, `${JSON.stringify(record)}\n`, size);
  };
  const note = (time: number, detail: string): void => {
    append({ time, session, event: 'limit', verdict: 'deny', reason: 'limit', detail });
  };
  return {
    write: (record) => {
      if (isOver) return;
      try {
        if (missing > 0)
          note(record.time, `${missing} lines are missing: they could not be written`);
        missing = 0;
        append(record);
        if (size < maxBytes) return;
        isOver = true;
        note(record.time, 'the log is full: nothing more is written down');
      } catch {
        missing += 1;
        close();
      }
    },
    get missing() {
      return missing;
    },
    close: () => {
      close();
      isOver = true;
    },
  };
}

/** All of a line or nothing: a full disk takes a part, which would spoil the line after it. */
function writeWhole(fd: number, line: string, size: number): number {
  const bytes = Buffer.from(line);
  const written = writeSync(fd, bytes);
  if (written === bytes.length) return written;
  ftruncateSync(fd, size);
  throw new Error('a part of a line was written');
}
