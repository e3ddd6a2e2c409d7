import { describe, expect, it } from 'vitest';
import { renderBench } from '../../../src/cli/output/bench.ts';
import { benchReport, scenario } from '../../bench/support.ts';

const verdict = {
  scenario: 'cold-offline',
  part: { figure: 'total' },
  peer: 'podman run',
  budget: 1.1,
  measured: 1.2,
  standing: 'broken',
} as const;
const outcome = { report: benchReport(), verdicts: [verdict] };

describe('the table of ct bench', () => {
  it('has percentiles, the ratio with its interval, and bars as long as the medians', () => {
    const text = renderBench(outcome, { columns: 80, colour: false });
    const bars = [...text.matchAll(/█+$/gmu)].map(([bar]) => bar.length);
    expect(bars).toHaveLength(2);
    expect((bars[1] ?? 0) / (bars[0] ?? 0)).toBeCloseTo(1 / 1.2, 1);
    expect(text).toContain('× 1.20 (1.20–1.20)');
    expect(text).toMatch(/^ {2}ct +124\.8 +129\.1 +129\.5/mu);
    expect(text).toContain('not measured: nerdctl run: nerdctl is not installed');
    expect(text).toContain(
      'budgets: 0 of 1 kept\nBROKEN  cold-offline: total is 1.20 of podman run',
    );
  });

  it('keeps within the terminal, from eighty columns on', () => {
    for (const columns of [80, 100, 200]) {
      const lines = renderBench(outcome, { columns, colour: false }).split('\n');
      const tables = lines.filter((line) => line.includes('█'));
      expect(Math.max(...tables.map((line) => line.length))).toBeLessThan(columns);
    }
  });

  it('has colours only where they are wanted', () => {
    expect(renderBench(outcome, { columns: 80, colour: false })).not.toContain('\u001b');
    expect(renderBench(outcome, { columns: 80, colour: true })).toContain('\u001b[36m█');
  });

  it('says when the machine was busy, and lets nothing drive the terminal', () => {
    const report = benchReport({
      load: { before: [7, 1, 1], after: [1, 1, 1] },
      scenarios: [{ ...scenario('x', 1), figures: [] }],
      missing: [{ what: 'x\u001b[2J', why: 'y', failed: true }],
    });
    const text = renderBench({ report, verdicts: [] }, { columns: 80, colour: false });
    expect(text).toContain('something else was running');
    expect(text).toContain('FAILED: x');
    expect(text).not.toContain('\u001b');
  });
});
