// @ts-check
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * One timed process: milliseconds from the spawn to its first byte on stdout and to its end.
 * @typedef {{ firstByteMs: number, totalMs: number }} Sample
 */

/**
 * Runs an argument array and times it. A non-zero exit ends the benchmark: a failed run is no figure.
 * @param {readonly string[]} argv
 * @param {{ cwd?: string }} [options]
 * @returns {Promise<Sample>}
 */
export async function time(argv, options = {}) {
  const [file = '', ...args] = argv;
  const started = performance.now();
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let firstByteMs = Number.NaN;
  let errors = '';
  child.stdout.on('data', () => {
    if (Number.isNaN(firstByteMs)) firstByteMs = performance.now() - started;
  });
  child.stderr.on('data', (chunk) => (errors += chunk));
  const exited = once(child, 'exit').then(([code]) => ({
    code,
    totalMs: performance.now() - started,
  }));
  await once(child, 'close');
  const { code, totalMs } = await exited;
  if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}: ${errors}`);
  return { firstByteMs, totalMs };
}

/**
 * Times several cases in turn, so that whatever the machine does meanwhile meets all alike; the order
 * within a round changes from round to round.
 * @template {string} Name
 * @param {Readonly<Record<Name, () => Promise<Sample>>>} cases
 * @param {{ rounds: number, warmUp: number, settle?: () => Promise<void> }} options
 * @returns {Promise<Record<Name, Sample[]>>}
 */
export async function interleave(cases, { rounds, warmUp, settle }) {
  const names = /** @type {Name[]} */ (Object.keys(cases));
  const samples = /** @type {Record<Name, Sample[]>} */ (
    /** @type {unknown} */ (Object.fromEntries(names.map((name) => [name, []])))
  );
  for (let round = -warmUp; round < rounds; round++) {
    const order = round % 2 === 0 ? names : [...names].reverse();
    for (const name of order) {
      await settle?.();
      const sample = await cases[name]();
      if (round >= 0) samples[name].push(sample);
    }
  }
  return samples;
}

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
