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
  readonly #files: readonly number[];
  readonly #before: string | undefined;

  /** `pid` is a process inside; the files stay those of its namespace when it has ended. */
  constructor(pid: number) {
    this.#files = FILES.flatMap((name) => {
      try {
        return openSync(`/proc/${pid}/net/${name}`, 'r');
      } catch {
        // A kernel without IPv6 has no file for it; what cannot be seen counts as traffic.
        return [];
      }
    });
    this.#before = this.#read();
  }

  /** `true` only if it is certain */
  get isNone(): boolean {
    return this.#before !== undefined && this.#read() === this.#before;
  }

  /** Lets the namespace go. */
  close(): void {
    for (const file of this.#files) closeSync(file);
  }

  #read(): string | undefined {
    if (this.#files.length === 0) return undefined;
    const bytes = Buffer.alloc(MOST_BYTES);
    try {
      const texts = this.#files.map((file) => {
        const length = readSync(file, bytes, 0, MOST_BYTES, 0);
        return bytes.toString('latin1', 0, length);
      });
      return texts.join('\n');
    } catch {
      return undefined;
    }
  }
}
