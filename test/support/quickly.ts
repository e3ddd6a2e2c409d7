import { expect } from 'vitest';

const TRIES = 3;

/**
 * Holds `work` to a bound, `ms`, which one try of three has to keep: what waits too long does so every
 * time, a busy machine now and then.
 */
export async function quickly(limitMs: number, work: () => Promise<unknown>): Promise<void> {
  const times: number[] = [];
  while (times.length < TRIES && !times.some((ms) => ms < limitMs)) {
    const begun = performance.now();
    await work();
    times.push(performance.now() - begun);
  }
  expect(Math.min(...times), `${times.map(Math.round).join(', ')} ms`).toBeLessThan(limitMs);
}
