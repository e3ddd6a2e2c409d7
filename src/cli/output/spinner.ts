import type { TextSink } from './sink.ts';
import { masked } from '../../base/mask.ts';
import { printable } from '../../base/text.ts';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const PERIOD_MS = 120;
/** A step shorter than this is never drawn: no flicker on the fast path */
const PATIENCE_MS = 250;

/** One thing under way. */
export interface SpinnerEntry {
  readonly text: string;
  readonly startMs: number;
  detail: string;
  wasDrawn: boolean;
}

/** One line at the bottom of a terminal: the newest step, its detail and its seconds so far. */
export class Spinner {
  readonly #out: TextSink;
  readonly #clock: () => number;
  readonly #entries: SpinnerEntry[] = [];
  #timer: NodeJS.Timeout | undefined;
  #frame = 0;
  #isDrawn = false;

  constructor(out: TextSink, clock: () => number) {
    this.#out = out;
    this.#clock = clock;
  }

  add(text: string): SpinnerEntry {
    const entry = { text, startMs: this.#clock(), detail: '', wasDrawn: false };
    this.#entries.push(entry);
    this.#timer ??= setInterval(() => this.draw(), PERIOD_MS);
    this.#timer.unref();
    return entry;
  }

  /** Whether anybody has seen the step. */
  remove(entry: SpinnerEntry): boolean {
    this.#entries.splice(this.#entries.indexOf(entry), 1);
    if (this.#entries.length === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    this.clear();
    return entry.wasDrawn;
  }

  draw(): void {
    const entry = this.#entries.at(-1);
    if (entry === undefined) return;
    const elapsedMs = this.#clock() - entry.startMs;
    if (elapsedMs < PATIENCE_MS) return;
    entry.wasDrawn = true;
    this.#frame = (this.#frame + 1) % FRAMES.length;
    const detail = entry.detail === '' ? '' : ` · ${entry.detail}`;
    const text = printable(masked(`${entry.text} ${Math.floor(elapsedMs / 1000)} s${detail}`));
    const { columns = 80 } = this.#out as { columns?: number };
    const line = `${FRAMES[this.#frame] ?? ''} ${text}`.slice(0, Math.max(1, columns - 1));
    this.#out.write(`\r${line}\u001b[K`);
    this.#isDrawn = true;
  }

  clear(): void {
    if (this.#isDrawn) this.#out.write('\r\u001b[K');
    this.#isDrawn = false;
  }
}
