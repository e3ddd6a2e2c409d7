// @ts-check
import { interleave, pairedRatio, quantile, time } from './measure.mjs';

/**
 * What a user pays before `ct` does anything: `ct --version` against an empty node.
 * @param {{ ct: string, rounds: number }} options
 */
export async function startUp({ ct, rounds }) {
  const samples = await interleave(
    {
      ct: () => time([process.execPath, ct, '--version']),
      node: () => time([process.execPath, '-e', '0']),
    },
    { rounds, warmUp: 3 },
  );
  const ours = samples.ct.map((sample) => sample.totalMs);
  const peers = samples.node.map((sample) => sample.totalMs);
  return {
    name: 'ct --version / node -e 0',
    ours: quantile(ours),
    peer: quantile(peers),
    ratio: pairedRatio(ours, peers),
    goal: 1.6,
  };
}
