import { describe, expect, it } from 'vitest';
import { during, NO_SPANS, SpanRecord } from '../../src/base/spans.ts';

/** A clock that goes on by ten with every look. */
function ticking(): () => number {
  let nowMs = 0;
  return () => (nowMs += 10);
}

describe('a record of spans', () => {
  it('keeps phases that overlap, each with its own begin', () => {
    const record = new SpanRecord(ticking());
    const init = record.begin('init');
    const secrets = record.begin('secrets');
    secrets();
    init();
    expect(record.spans).toEqual([
      { phase: 'secrets', startMs: 20, tookMs: 10 },
      { phase: 'init', startMs: 10, tookMs: 30 },
    ]);
  });

  it('ends a phase once, however often it is told, and tells whoever listens', () => {
    const told: string[] = [];
    const record = new SpanRecord(ticking(), ({ phase }) => void told.push(phase));
    const end = record.begin('exit');
    end();
    end();
    expect(record.spans).toHaveLength(1);
    expect(told).toEqual(['exit']);
  });

  it('ends a phase that fails, and lets the failure through', async () => {
    const record = new SpanRecord(ticking());
    const failing = during(record, 'create', () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect(record.spans).toMatchObject([{ phase: 'create', tookMs: 10 }]);
    expect(await during(NO_SPANS, 'create', async () => 7)).toBe(7);
  });
});
