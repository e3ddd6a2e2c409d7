import { describe, expect, it } from 'vitest';
import { beforeLeaving, leave } from '../../src/host/leaving.ts';

describe('leave', () => {
  it('runs what was asked for, last first and once', () => {
    const seen: number[] = [];
    beforeLeaving(() => seen.push(1));
    beforeLeaving(() => seen.push(2));
    leave();
    leave();
    expect(seen).toEqual([2, 1]);
  });
});
