import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CtError } from '../../../src/base/errors.ts';
import type { Backend } from '../../../src/engine/containerd/backend.ts';
import { waitTask } from '../../../src/engine/containerd/tasks.ts';

vi.mock('node:timers/promises', () => ({
  setTimeout: async (ms: number) => {
    now += ms;
  },
}));

let now = 0;
beforeEach(() => {
  now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => vi.restoreAllMocks());

/** A daemon whose answers to `Wait` take so long, and are the exit status or that it has gone. */
function daemon(...answers: readonly (readonly [afterMs: number, status?: number])[]): Backend {
  const left = [...answers];
  const unary = async () => {
    const [afterMs, exitStatus] = left.shift() ?? [0];
    now += afterMs;
    if (exitStatus === undefined) throw new CtError('unavailable', 'the engine has gone');
    return { exitStatus };
  };
  return { transport: { unary } } as unknown as Backend;
}

const HOUR_MS = 3_600_000;

describe('waitTask', () => {
  it('outlives restarts of the daemon an hour apart', async () => {
    const backend = daemon([HOUR_MS], [0], [0], [HOUR_MS], [0], [HOUR_MS, 7]);
    expect(await waitTask(backend, 'c')).toBe(7);
  });

  it.each([0, 2000])('gives up on one that stays away, each try taking %i ms', async (tryMs) => {
    const backend = daemon([HOUR_MS], ...Array.from({ length: 200 }, () => [tryMs] as const));
    await expect(waitTask(backend, 'c')).rejects.toMatchObject({ code: 'unavailable' });
    expect(now - HOUR_MS).toBeLessThan(13_000);
  });
});
