import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readHistory, readReport, saveReport } from '../../src/bench/results.ts';
import { scratch } from '../support/scratch.ts';
import { benchReport } from './support.ts';

describe('figures that are kept', () => {
  it('come back as they were, the oldest first, whatever else lies there', () => {
    const dir = `${scratch()}/made/for/it`;
    const second = benchReport({ begun: '2026-02-01T00:00:00.000Z' });
    expect(saveReport(second, dir)).toBe(`${dir}/2026-02-01T00-00.json`);
    saveReport(benchReport(), dir);
    writeFileSync(`${dir}/other.json`, '{"schema":1}');
    writeFileSync(`${dir}/torn.json`, '{"schema":');
    expect(readHistory([dir, dir, '/nosuch'])).toEqual([benchReport(), second]);
  });

  it('are read from what --json printed too', () => {
    const path = `${scratch()}/out.json`;
    writeFileSync(path, JSON.stringify({ report: benchReport(), verdicts: [] }));
    expect(readReport(path)).toEqual(benchReport());
  });

  it('are missed by name', () => {
    const path = `${scratch()}/x.json`;
    expect(() => readReport(path)).toThrow(`cannot read ${path}`);
    writeFileSync(path, '[]');
    expect(() => readReport(path)).toThrow('holds no figures of ct bench');
  });
});
