// @ts-check
/** Figures for `network.mjs`; everything else is `ct bench` (src/bench). */

/**
 * @param {readonly number[]} values
 * @param {number} [at] quantile, 0.5 for the median
 */
export function quantile(values, at = 0.5) {
  const sorted = [...values].sort((a, b) => a - b);
  const index = (sorted.length - 1) * at;
  const low = sorted[Math.floor(index)] ?? Number.NaN;
  const high = sorted[Math.ceil(index)] ?? Number.NaN;
  return low + (high - low) * (index - Math.floor(index));
}

/**
 * Median of the ratios of pairs from the same round, with its quartiles: what drifts over minutes
 * drops out.
 * @param {readonly number[]} ours
 * @param {readonly number[]} peers
 */
export function pairedRatio(ours, peers) {
  const ratios = ours.map((value, index) => value / (peers[index] ?? Number.NaN));
  return { median: quantile(ratios), low: quantile(ratios, 0.25), high: quantile(ratios, 0.75) };
}
