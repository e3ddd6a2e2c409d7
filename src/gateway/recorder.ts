import type { NetworkRecord } from '../network/record.ts';

/** Takes one line of a session's network log. */
export type RecordSink = (record: NetworkRecord) => void;

/** What happened, without what the recorder adds. */
export type Event = Omit<NetworkRecord, 'time' | 'session'>;

/** The same question again within this is not a new line, `ms` */
const SAME_MS = 60_000;
/** Lines a minute; a session cannot fill a disk by asking */
const LINES_A_MINUTE = 600;
const MAX_REMEMBERED = 4_096;

/**
 * Writes what happened in a session, at a bounded rate: repeated questions are one line, and a flood is
 * one line that says how many were left out.
 */
export class Recorder {
  readonly #session: string;
  readonly #sink: RecordSink;
  readonly #seen = new Map<string, number>();
  #minute = 0;
  #lines = 0;
  #leftOut = 0;

  constructor(session: string, sink: RecordSink) {
    this.#session = session;
    this.#sink = sink;
  }

  write(event: Event): void {
    const now = performance.now();
    if (event.event === 'dns' && this.#isRepeated(event, now)) return;
    if (now - this.#minute > 60_000) this.#newMinute(now);
    this.#lines += 1;
    if (this.#lines > LINES_A_MINUTE) this.#leftOut += 1;
    else this.#sink({ ...event, time: Date.now(), session: this.#session });
  }

  /** Writes what was held back. */
  close(): void {
    this.#newMinute(performance.now());
  }

  #newMinute(now: number): void {
    this.#minute = now;
    this.#lines = 0;
    if (this.#leftOut === 0) return;
    const detail = `${this.#leftOut} lines left out: more than ${LINES_A_MINUTE} within a minute`;
    this.#leftOut = 0;
    const base = { time: Date.now(), session: this.#session, event: 'limit' } as const;
    this.#sink({ ...base, verdict: 'deny', reason: 'limit', detail });
  }

  #isRepeated({ name, verdict, reason, detail }: Event, now: number): boolean {
    const key = `${name ?? ''} ${verdict} ${reason} ${detail ?? ''}`;
    const last = this.#seen.get(key);
    if (last !== undefined && now - last < SAME_MS) return true;
    const [oldest] = this.#seen.keys();
    if (this.#seen.size >= MAX_REMEMBERED && oldest !== undefined) this.#seen.delete(oldest);
    this.#seen.delete(key);
    this.#seen.set(key, now);
    return false;
  }
}
