import { writeSync } from 'node:fs';
import type { ReadStream } from 'node:tty';

/** Columns and rows, as ioctl_tty(2) TIOCGWINSZ has them. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** What puts a terminal back after a program that did not do it itself: in the order of the writing. */
const RESET = [
  '\u001b[?1049l', // main screen
  '\u001b[?1000l\u001b[?1002l\u001b[?1003l\u001b[?1006l', // mouse reports
  '\u001b[?2004l', // bracketed paste
  '\u001b[<u', // Kitty keyboard protocol
  '\u001b[?1004l', // focus reports
  '\u001b[0m\u001b[?25h', // colours, cursor
].join('');

/**
 * The user's terminal while a session has it.
 *
 * Raw mode is taken back on `restore` and, should ct die of an error first, when the process exits.
 */
export class Terminal {
  readonly #input: ReadStream = process.stdin;
  readonly #atExit = (): void => this.restore();
  #raw = false;

  /** Size now; 80 × 24 when the terminal does not say. Clamped to what a program can use. */
  size(): Size {
    const clamp = (value: number | undefined, fallback: number): number =>
      Math.min(Math.max(value === undefined || value === 0 ? fallback : value, 1), 1000);
    return { columns: clamp(process.stdout.columns, 80), rows: clamp(process.stdout.rows, 24) };
  }

  /** Calls back after the size changed, at most every 50 ms, always with the last size. */
  onResize(callback: (size: Size) => void): () => void {
    let timer: NodeJS.Timeout | undefined;
    const listener = (): void => {
      timer ??= setTimeout(() => {
        timer = undefined;
        callback(this.size());
      }, 50);
    };
    process.stdout.on('resize', listener);
    return () => {
      process.stdout.off('resize', listener);
      clearTimeout(timer);
    };
  }

  /** Bytes go through untouched from here on: Ctrl-C is a byte for the program inside. */
  makeRaw(): void {
    if (this.#raw) return;
    this.#input.setRawMode(true);
    this.#raw = true;
    process.on('exit', this.#atExit);
  }

  restore(): void {
    if (!this.#raw) return;
    this.#raw = false;
    process.off('exit', this.#atExit);
    try {
      this.#input.setRawMode(false);
    } catch {
      // The terminal is gone (hang-up): there is nothing to put back.
    }
  }

  /** Leaves alternate screen, mouse and paste modes that a killed program left on. */
  reset(): void {
    try {
      writeSync(1, RESET);
    } catch {
      // The terminal is gone.
    }
  }
}
