import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distribution, medianRank, pairedRatio, quantile } from '../../src/bench/stats.ts';

describe('quantile', () => {
  it.each([
    [[3, 1, 2], 0.5, 2],
    [[1, 2, 3, 4], 0.5, 2.5],
    [[1, 2, 3, 4, 5], 0.95, 4.8],
    [[7], 0.99, 7],
  ])('of %j at %d is %d', (values, at, expected) => {
    expect(quantile(values, at)).toBeCloseTo(expected, 9);
  });
});

describe('distribution', () => {
  it('keeps the samples in the order of the rounds', () => {
    expect(distribution([3.001, 1, 2])).toMatchObject({ p50: 2, samples: [3, 1, 2] });
  });
});

describe('medianRank', () => {
  // Coverage of the interval between the k-th smallest and the k-th largest value, as in tables.
  it.each([
    [5, 0, 0.938],
    [6, 0, 0.969],
    [10, 1, 0.979],
    [20, 5, 0.959],
    [30, 9, 0.957],
  ])('for %d values begins at index %d and covers %d', (count, rank, coverage) => {
    const found = medianRank(count);
    expect(found.rank).toBe(rank);
    expect(found.coverage).toBeCloseTo(coverage, 3);
  });

  it('covers the true median as often as it says', () => {
    const { rank, coverage } = medianRank(11);
    let [state, held] = [12_345, 0];
    const next = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    for (let trial = 0; trial < 4000; trial += 1) {
      const values = Array.from({ length: 11 }, next).sort((a, b) => a - b);
      if ((values[rank] ?? 1) <= 0.5 && (values[10 - rank] ?? 0) >= 0.5) held += 1;
    }
    expect(held / 4000).toBeGreaterThan(coverage - 0.02);
    expect(held / 4000).toBeLessThan(coverage + 0.02);
  });
});

describe('pairedRatio', () => {
  it('compares within rounds: what slows both sides down drops out', () => {
    const peers = [100, 200, 400, 100, 100, 800];
    const ours = peers.map((value) => value * 1.25);
    expect(pairedRatio(ours, peers)).toMatchObject({ median: 1.25, low: 1.25, high: 1.25 });
  });

  it('has its median between the ends of its interval', () => {
    const some = fc.array(fc.double({ min: 1, max: 1e4, noNaN: true }), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(some, (values) => {
        const { median, low, high } = pairedRatio(values, [...values].reverse());
        expect(low).toBeLessThanOrEqual(median);
        expect(median).toBeLessThanOrEqual(high);
      }),
    );
  });
});
