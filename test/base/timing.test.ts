import { describe, expect, it } from 'vitest';
import { barColumns, sortedTiming } from '../../src/base/timing.ts';

describe('sortedTiming', () => {
  it('goes by the begin, and by the order of a run where two begin at once', () => {
    const { spans, totalMs } = sortedTiming(
      [
        { phase: 'exit', startMs: 9, tookMs: 1 },
        { phase: 'program', startMs: 5, tookMs: 4.000_000_1 },
        { phase: 'first byte', startMs: 5, tookMs: 1 },
      ],
      10.123_456_7,
    );
    expect(spans.map(({ phase }) => phase)).toEqual(['first byte', 'program', 'exit']);
    expect(spans[1]?.tookMs).toBe(4);
    expect(totalMs).toBe(10.123);
  });
});

describe('barColumns', () => {
  it.each([
    [0, 50, [0, 5]],
    [50, 50, [5, 10]],
    [40, 0.01, [4, 5]],
    [100, 0, [9, 10]],
    [0, 200, [0, 10]],
  ])('draws %d + %d of 100 ms between columns %j of ten', (startMs, tookMs, columns) => {
    expect(barColumns({ phase: 'init', startMs, tookMs }, 100, 10)).toEqual(columns);
  });
});
