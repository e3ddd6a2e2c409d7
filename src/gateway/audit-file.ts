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
  return new LogFile(networkLogPath(stateDir, session), session, maxBytes);
}

class LogFile implements AuditFile {
  readonly #path: string;
  readonly #session: string;
  readonly #maxBytes: number;
  #fd: number | undefined;
  #size = 0;
  #isOver = false;
  missing = 0;

  constructor(path: string, session: string, maxBytes: number) {
    this.#path = path;
    this.#session = session;
    this.#maxBytes = maxBytes;
  }

  write(record: NetworkRecord): void {
    if (this.#isOver) return;
    const { time } = record;
    try {
      if (this.missing > 0)
        this.#note(time, `${this.missing} lines are missing: they could not be written`);
      this.missing = 0;
      this.#append(record);
      if (this.#size < this.#maxBytes) return;
      this.#isOver = true;
      this.#note(time, 'the log is full: nothing more is written down');
    } catch {
      this.missing += 1;
      this.#release();
    }
  }

  close(): void {
    this.#isOver = true;
    this.#release();
  }

  #note(time: number, detail: string): void {
    const limit = { event: 'limit', verdict: 'deny', reason: 'limit', detail } as const;
    this.#append({ time, session: this.#session, ...limit });
  }

  /** All of a line or nothing: a full disk takes a part, which would spoil the line after it. */
  #append(record: NetworkRecord): void {
    const fd = (this.#fd ??= this.#open());
    const line = Buffer.from(`${JSON.stringify(record)}\n`);
    if (writeSync(fd, line) < line.length) {
      ftruncateSync(fd, this.#size);
      throw new Error('a part of a line was written');
    }
    this.#size += line.length;
  }

  #open(): number {
    ensurePrivateDir(dirname(this.#path));
    const fd = openSync(this.#path, 'a', 0o600);
    // Whoever served the session before may have written most of it.
    this.#size = fstatSync(fd).size;
    return fd;
  }

  #release(): void {
    const fd = this.#fd;
    this.#fd = undefined;
    if (fd === undefined) return;
    try {
      closeSync(fd);
    } catch {
      // A disk of the network may say only now that it is full.
    }
  }
}
