import { closeSync, openSync, readSync } from 'node:fs';

/** Counters of all packets of a network namespace, by protocol. Source: proc(5), RFC 4293 */
const FILES = ['snmp', 'snmp6'] as const;
/** Some 2 KB and 4 KB */
const MOST_BYTES = 64 * 1024;

/**
 * Whether anything was sent or received in a network namespace since this was made. A packet that rules refuse is
 * counted as well: the kernel counts what a program sends before it asks them.
 */
export class Traffic {
  readonly #files: number[] = [];
  readonly #before: string | undefined;

  /** `pid` is a process inside; the files stay those of its namespace when it has ended. */
  constructor(pid: number) {
    try {
      for (const name of FILES) this.#files.push(openSync(`/proc/${pid}/net/${name}`, 'r'));
      this.#before = this.#read();
    } catch {
      // What cannot be seen counts as traffic.
    }
  }

  /** `true` only if it is certain */
  get isNone(): boolean {
    try {
      return this.#before !== undefined && this.#read() === this.#before;
    } catch {
      return false;
    }
  }

  /** Lets the namespace go. */
  close(): void {
    for (const file of this.#files.splice(0)) closeSync(file);
  }

  #read(): string {
    const bytes = Buffer.alloc(MOST_BYTES);
    return this.#files
      .map((file) => bytes.toString('latin1', 0, readSync(file, bytes, 0, MOST_BYTES, 0)))
      .join('\n');
  }
}
