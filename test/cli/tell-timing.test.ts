import { describe, expect, it } from 'vitest';
import { SpanRecord } from '../../src/base/spans.ts';
import { renderTiming, tellTiming } from '../../src/cli/tell-timing.ts';
import { Sink } from './support.ts';

describe('where the time went', () => {
  it('is a line of JSON for programs, with the start of Node and of ct before all else', () => {
    const record = new SpanRecord(() => 0);
    const startMs = performance.nodeTiming.bootstrapComplete + 5;
    record.add('config', startMs, startMs + 2);
    const stderr = new Sink();
    tellTiming('json', record, { begunMs: startMs, endedMs: startMs + 4 }, stderr);
    expect(stderr.text).toMatch(/^\{.*\}\n$/u);
    const { timing } = JSON.parse(stderr.text) as {
      timing: { spans: { phase: string; tookMs: number }[] };
    };
    expect(timing.spans.map(({ phase }) => phase)).toEqual(['node', 'parse', 'config']);
    // The two clocks are read one after the other, and are the same one here.
    expect(timing.spans[1]?.tookMs).toBeCloseTo(5, 0);
  });

  it('is a table for people, with a bar where each phase was', () => {
    const spans = [
      { phase: 'node', startMs: 0, tookMs: 16 },
      { phase: 'init', startMs: 16, tookMs: 16 },
    ] as const;
    expect(renderTiming({ totalMs: 32, spans }).split('\n')).toEqual([
      'ct: phase        begins  takes ms',
      `ct: node            0.0      16.0  ${'█'.repeat(16)}`,
      `ct: init           16.0      16.0  ${' '.repeat(16)}${'█'.repeat(16)}`,
      'ct: total                    32.0',
      '',
    ]);
  });
});
