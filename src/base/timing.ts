import { PHASES } from './phases.ts';
import type { Phase, Span } from './spans.ts';

/** Where the time of one run went. */
export interface Timing {
  /** From the start of the process until this was written, `ms` */
  readonly totalMs: number;
  /** By when they began */
  readonly spans: readonly Span[];
}

const ORDER = Object.keys(PHASES) as readonly Phase[];

/** Spans by their beginning, in whole microseconds; of two that begin at once, the first of a run. */
export function sortedTiming(spans: readonly Span[], totalMs: number): Timing {
  const sorted = [...spans].sort(
    (a, b) => a.startMs - b.startMs || ORDER.indexOf(a.phase) - ORDER.indexOf(b.phase),
  );
  return {
    totalMs: rounded(totalMs),
    spans: sorted.map(({ phase, startMs, tookMs }) => ({
      phase,
      startMs: rounded(startMs),
      tookMs: rounded(tookMs),
    })),
  };
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

/** Where a bar begins and ends among so many columns; every phase shows. */
export function barColumns(
  { startMs, tookMs }: Span,
  totalMs: number,
  columns: number,
): readonly [from: number, to: number] {
  const at = (ms: number): number => Math.round((ms / totalMs) * columns);
  const from = Math.min(at(startMs), columns - 1);
  return [from, Math.max(from + 1, Math.min(columns, at(startMs + tookMs)))];
}
