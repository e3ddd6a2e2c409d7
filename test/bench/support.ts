import type { BenchReport, ScenarioResult } from '../../src/bench/result.ts';
import { distribution, pairedRatio } from '../../src/bench/stats.ts';

/** A scenario in which `ct` takes so many times as long as its peer, in every round. */
export function scenario(id: string, times: number, peer = 'podman run'): ScenarioResult {
  const peers = Array.from({ length: 9 }, (_, round) => 100 + round);
  const ours = peers.map((value) => value * times);
  return {
    id,
    title: `what ${id} is`,
    rounds: peers.length,
    figures: [
      {
        name: 'total',
        ct: distribution(ours),
        peers: [{ name: peer, ...distribution(peers), ratio: pairedRatio(ours, peers) }],
      },
    ],
    phases: [
      { phase: 'parse', startMs: 10, p50: 15, p95: 20 },
      { phase: 'init', startMs: 30, p50: 45, p95: 60 },
    ],
  };
}

/** What a run found on an invented machine. */
export function benchReport(parts: Partial<BenchReport> = {}): BenchReport {
  return {
    schema: 1,
    ct: '0.1.0',
    begun: '2026-01-02T03:04:05.678Z',
    tookSeconds: 61,
    machine: {
      cpu: 'Some <CPU>',
      processors: 2,
      memoryBytes: 8e9,
      kernel: '6.1.0',
      system: 'Debian',
      node: 'v20.20.2',
      programs: { podman: 'podman version 5.4.2' },
      runtime: 'podman 5.4.2, crun 1.21',
    },
    load: { before: [0.1, 0.2, 0.3], after: [0.9, 0.5, 0.3] },
    scenarios: [scenario('cold-offline', 1.2)],
    missing: [{ what: 'nerdctl run', why: 'nerdctl is not installed' }],
    ...parts,
  };
}
