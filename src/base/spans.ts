/** A part of a run; what each is stands in `phases.ts`, which only readers of figures load. */
export type Phase =
  | 'node'
  | 'parse'
  | 'config'
  | 'probe'
  | 'plan'
  | 'claim'
  | 'engine'
  | 'create'
  | 'init'
  | 'start'
  | 'verify'
  | 'network'
  | 'secrets'
  | 'first byte'
  | 'program'
  | 'exit'
  | 'remove'
  | 'close';

/** When a phase was; phases may overlap, and one may come twice. */
export interface Span {
  readonly phase: Phase;
  /** From the start of the process, `ms` */
  readonly startMs: number;
  readonly tookMs: number;
}

/** Where a run says what it is at. */
export interface Spans {
  /** Begins a phase; the function that comes back ends it, the first time that it is called. */
  begin(phase: Phase): () => void;
}

/** For commands whose time nobody asks for. */
export const NO_SPANS: Spans = { begin: () => () => undefined };

/** Keeps what was said, in the order in which phases ended. A phase costs two looks at the clock. */
export class SpanRecord implements Spans {
  readonly spans: Span[] = [];
  readonly #clock: () => number;
  readonly #onEnd: (span: Span) => void;

  /** `clock`: milliseconds since the process began */
  constructor(clock: () => number, onEnd: (span: Span) => void = () => undefined) {
    this.#clock = clock;
    this.#onEnd = onEnd;
  }

  begin(phase: Phase): () => void {
    const startMs = this.#clock();
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.add(phase, startMs, this.#clock());
    };
  }

  /** A phase that somebody else measured. */
  add(phase: Phase, startMs: number, endMs: number): void {
    const span = { phase, startMs, tookMs: endMs - startMs };
    this.spans.push(span);
    this.#onEnd(span);
  }
}

/** Does something as a phase; a failure ends it too. */
export async function during<T>(spans: Spans, phase: Phase, work: () => Promise<T>): Promise<T> {
  const end = spans.begin(phase);
  try {
    return await work();
  } finally {
    end();
  }
}
