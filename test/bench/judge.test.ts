import { describe, expect, it } from 'vitest';
import type { Budget } from '../../src/bench/budgets.ts';
import { judgeReport, verdictLine } from '../../src/bench/judge.ts';
import { distribution, pairedRatio } from '../../src/bench/stats.ts';
import { benchReport, scenario } from './support.ts';

const budget = (parts: Partial<Budget> = {}): Budget => ({
  scenario: 'cold-offline',
  peer: 'podman run',
  figures: { total: 1.3 },
  goals: {},
  phases: {},
  ...parts,
});

describe('judgeReport', () => {
  it.each([
    [1.2, 'kept'],
    [1.3, 'kept'],
    [1.4, 'broken'],
  ])('of a ratio of %d says %s', (times, standing) => {
    const report = benchReport({ scenarios: [scenario('cold-offline', times)] });
    expect(judgeReport(report, [budget()])).toMatchObject([{ standing, measured: times }]);
  });

  it('is unsure while the interval reaches below the budget', () => {
    const [ours, peers] = [
      [100, 140, 145, 150, 180],
      [100, 100, 100, 100, 100],
    ];
    const figure = {
      name: 'total' as const,
      ct: distribution(ours),
      peers: [{ name: 'podman run', ...distribution(peers), ratio: pairedRatio(ours, peers) }],
    };
    const result = { ...scenario('cold-offline', 1), figures: [figure] };
    const [verdict] = judgeReport(benchReport({ scenarios: [result] }), [budget()]);
    expect(verdict).toMatchObject({ standing: 'unsure', measured: 1.45 });
  });

  it('names the phase that broke its budget, as a part of the whole of the peer', () => {
    const [verdict] = judgeReport(benchReport(), [budget({ figures: {}, phases: { init: 0.4 } })]);
    expect(verdict).toMatchObject({ standing: 'broken', part: { phase: 'init' } });
    expect(verdict && verdictLine(verdict)).toBe(
      'cold-offline: the phase init is 0.43 of podman run, and 0.4 is allowed',
    );
  });

  it('takes no peer for another, and says when one was not there', () => {
    const verdicts = judgeReport(benchReport(), [
      budget({ peer: 'crun run', phases: { init: 9 } }),
      budget({ phases: { secrets: 9 } }),
    ]);
    expect(verdicts.map(({ standing }) => standing)).toEqual([
      ...['absent', 'absent'],
      ...['kept', 'absent'],
    ]);
  });

  it('is silent about what was not measured at all', () => {
    expect(judgeReport(benchReport(), [budget({ scenario: 'version' })])).toEqual([]);
  });
});
