/** Percentiles of one row of figures, and the figures themselves. */
export interface Distribution {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** In the order of the rounds; a hundredth is as fine as it gets */
  readonly samples: readonly number[];
}

/** How many times as long one side takes: the median of pairs, and where that median lies. */
export interface Ratio {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** How likely the interval holds the true median; less than 0.95 where the rounds were too few */
  readonly coverage: number;
}

/** The value below which the share `at` of the values lies, between two of them where none is there. */
export function quantile(values: readonly number[], at: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const index = (sorted.length - 1) * at;
  const low = sorted[Math.floor(index)] ?? Number.NaN;
  const high = sorted[Math.ceil(index)] ?? Number.NaN;
  return low + (high - low) * (index - Math.floor(index));
}

/** Percentiles of a row. */
export function distribution(values: readonly number[]): Distribution {
  const samples = values.map(toHundredth);
  return {
    p50: toHundredth(quantile(samples, 0.5)),
    p95: toHundredth(quantile(samples, 0.95)),
    p99: toHundredth(quantile(samples, 0.99)),
    samples,
  };
}

/**
 * The median of the ratios of pairs, each from one round: what drifts over minutes drops out. Its
 * interval comes from order statistics: that `k` or fewer of `n` values lie below the true median is
 * binomial, whatever the values are like, so no distribution is assumed and nothing is drawn by lot.
 *
 * Source: Conover, Practical Nonparametric Statistics, 3.2 (confidence interval for a quantile)
 */
export function pairedRatio(ours: readonly number[], peers: readonly number[]): Ratio {
  const ratios = ours
    .map((value, index) => value / (peers[index] ?? Number.NaN))
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const { rank, coverage } = medianRank(ratios.length);
  return {
    median: toThousandth(quantile(ratios, 0.5)),
    low: toThousandth(ratios[rank] ?? Number.NaN),
    high: toThousandth(ratios[ratios.length - 1 - rank] ?? Number.NaN),
    coverage: toThousandth(coverage),
  };
}

/** Confidence that an interval should have. */
const WANTED = 0.95;

/** How far from both ends of `count` sorted values the interval of their median may begin. */
export function medianRank(count: number): { readonly rank: number; readonly coverage: number } {
  let rank = 0;
  // Probability that exactly `below` values of `count` lie below the median, and that so many or fewer do.
  let exactly = 0.5 ** count;
  let atMost = exactly;
  let coverage = 1 - 2 * atMost;
  for (let below = 1; below < count / 2; below += 1) {
    exactly *= (count - below + 1) / below;
    atMost += exactly;
    if (1 - 2 * atMost < WANTED) break;
    [rank, coverage] = [below, 1 - 2 * atMost];
  }
  return { rank, coverage: Math.max(0, coverage) };
}

function toHundredth(value: number): number {
  return Math.round(value * 100) / 100;
}

function toThousandth(value: number): number {
  return Math.round(value * 1000) / 1000;
}
