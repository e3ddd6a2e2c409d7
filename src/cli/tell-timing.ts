import type { SpanRecord } from '../base/spans.ts';
import { barColumns, sortedTiming, type Timing } from '../base/timing.ts';
import type { TimingFace } from './options/timing.ts';
import { jsonLine } from './output/json-text.ts';
import type { TextSink } from './output/sink.ts';

/** When ct's own work began and ended, on the clock of the spans. */
export interface Between {
  readonly begunMs: number;
  readonly endedMs: number;
  /** How much later than the process that clock began, `ms`: see setup/clock.mjs */
  readonly laterMs: number;
}

/** Says where the time of a run went: a table for people, or one line `{"timing":…}` for programs. */
export function tellTiming(
  face: TimingFace,
  record: SpanRecord,
  { begunMs, endedMs, laterMs }: Between,
  stderr: TextSink,
): void {
  const { bootstrapComplete } = performance.nodeTiming;
  record.add('node', -laterMs, bootstrapComplete - laterMs);
  record.add('parse', bootstrapComplete - laterMs, begunMs);
  const spans = record.spans.map((span) => ({ ...span, startMs: span.startMs + laterMs }));
  const timing = sortedTiming(spans, endedMs + laterMs);
  stderr.write(face === 'json' ? jsonLine({ timing }) : renderTiming(timing));
}

const BAR_COLUMNS = 32;

/** A line a phase, with a bar where it was. */
export function renderTiming({ totalMs, spans }: Timing): string {
  const lines = spans.map((span) => {
    const [from, to] = barColumns(span, totalMs, BAR_COLUMNS);
    const bar = `${' '.repeat(from)}${'█'.repeat(to - from)}`;
    return line(span.phase, at(span.startMs), at(span.tookMs), bar);
  });
  return [line('phase', 'begins', 'takes ms', ''), ...lines, line('total', '', at(totalMs), '')]
    .map((text) => `ct: ${text}\n`)
    .join('');
}

function line(phase: string, begins: string, takes: string, bar: string): string {
  return `${phase.padEnd(10)} ${begins.padStart(8)} ${takes.padStart(9)}  ${bar}`.trimEnd();
}

function at(ms: number): string {
  return ms.toFixed(1);
}
