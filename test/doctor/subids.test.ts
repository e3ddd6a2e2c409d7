import { describe, expect, it } from 'vitest';
import { countMapped } from '../../src/doctor/subids.ts';

describe('countMapped', () => {
  it('adds the lengths of a map', () => {
    expect(
      countMapped('         0       1001          1\n         1     100000      65535\n'),
    ).toBe(65_536);
    expect(countMapped('')).toBe(0);
  });
});
