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
    tellTiming('json', record, { begunMs: startMs, endedMs: startMs + 4, laterMs: 0 }, stderr);
    expect(stderr.text).toMatch(/^\{.*\}\n$/u);
    const { timing } = JSON.parse(stderr.text) as { timing: { spans: { phase: string }[] } };
    expect(timing.spans.map(({ phase }) => phase)).toEqual(['node', 'parse', 'config']);
    expect(timing.spans[1]).toMatchObject({ tookMs: 5 });
  });

  it('begins with the process, when the clock of the spans began later', () => {
    const laterMs = performance.nodeTiming.bootstrapComplete - 8;
    const record = new SpanRecord(() => 0);
    record.add('config', 10, 12);
    const stderr = new Sink();
    tellTiming('json', record, { begunMs: 10, endedMs: 15, laterMs }, stderr);
    const { timing } = JSON.parse(stderr.text) as {
      timing: { totalMs: number; spans: { startMs: number; tookMs: number }[] };
    };
    const [node, parse, config] = timing.spans;
    expect(node?.startMs).toBe(0);
    expect(parse?.startMs).toBe(node?.tookMs);
    expect(parse?.tookMs).toBe(2);
    expect(config?.tookMs).toBe(2);
    expect(config?.startMs).toBeCloseTo(10 + laterMs, 2);
    expect(timing.totalMs).toBeCloseTo(15 + laterMs, 2);
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
