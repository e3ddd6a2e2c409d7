import { describe, expect, it } from 'vitest';
import { measureScenario, phaseFigures } from '../../src/bench/measure.ts';
import type { Case, Sample } from '../../src/bench/scenario.ts';

const about = { id: 'cold-offline', title: 'x' };

/** A case that says who was measured, and answers with these samples in turn. */
function answering(
  name: string,
  role: Case['role'],
  log: string[],
  sample: (round: number) => Sample,
): Case {
  let calls = 0;
  return {
    name,
    role,
    measure: async () => {
      log.push(name);
      calls += 1;
      return sample(calls);
    },
  };
}

describe('measureScenario', () => {
  it('takes turns in a changing order, and leaves the first rounds out', async () => {
    const log: string[] = [];
    const heard: number[] = [];
    const cases = [
      answering('ct', 'ct', log, (call) => ({ figures: { total: call > 2 ? 20 : 9999 } })),
      answering('podman run', 'peer', log, () => ({ figures: { total: 10 } })),
    ];
    const result = await measureScenario(about, { cases, missing: [] }, 3, (round) =>
      heard.push(round),
    );
    expect(log.join(' ')).toBe(
      'ct podman run podman run ct podman run ct ct podman run ct podman run',
    );
    expect(heard).toEqual([1, 2, 3]);
    expect(result.figures).toHaveLength(1);
    expect(result.figures[0]).toMatchObject({
      ct: { samples: [20, 20, 20] },
      peers: [{ name: 'podman run', ratio: { median: 2 } }],
    });
  });

  it('has a figure only where a peer has it too, and the peers that have it', async () => {
    const cases = [
      answering('ct', 'ct', [], () => ({ figures: { 'first byte': 1, total: 2 } })),
      answering('a', 'peer', [], () => ({ figures: { total: 2 } })),
      answering('b', 'peer', [], (call) => ({ figures: call > 3 ? {} : { total: 2 } })),
    ];
    const { figures } = await measureScenario(about, { cases, missing: [] }, 3, () => undefined);
    expect(figures.map(({ name, peers }) => [name, peers.map((peer) => peer.name)])).toEqual([
      ['total', ['a']],
    ]);
  });

  it('ends with the first failure: what failed is no figure', async () => {
    const failing = answering('ct', 'ct', [], () => {
      throw new Error('broken');
    });
    const measuring = measureScenario(about, { cases: [failing], missing: [] }, 3, () => undefined);
    await expect(measuring).rejects.toThrow('broken');
  });
});

describe('phaseFigures', () => {
  it('are medians by their begin; what came twice in a run counts with its sum', () => {
    const run = (takes: number) =>
      [
        { phase: 'init', startMs: 5, tookMs: takes },
        { phase: 'secrets', startMs: 4, tookMs: 1 },
        { phase: 'secrets', startMs: 20, tookMs: 2 },
      ] as const;
    expect(phaseFigures([run(10), run(30), run(20)])).toEqual([
      { phase: 'secrets', startMs: 4, p50: 3, p95: 3 },
      { phase: 'init', startMs: 5, p50: 20, p95: 29 },
    ]);
  });
});
