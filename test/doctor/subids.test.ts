import { describe, expect, it } from 'vitest';
import { countMapped, longestRange } from '../../src/doctor/subids.ts';

describe('longestRange', () => {
  const text = 'other:1:70000\nme:100000:65536\nme:200000:1000\n1000:300000:5\nbroken\nme:x:y\n';

  it('takes the longest range of the account, by name or by number', () => {
    expect(longestRange(text, ['me', '1000'])).toBe(65_536);
    expect(longestRange(text, ['1000'])).toBe(5);
  });

  it('is 0 for an account without one', () => {
    expect(longestRange(text, ['nobody'])).toBe(0);
    expect(longestRange('', ['me'])).toBe(0);
  });
});

describe('countMapped', () => {
  it('adds the lengths of a map', () => {
    expect(
      countMapped('         0       1001          1\n         1     100000      65535\n'),
    ).toBe(65_536);
    expect(countMapped('')).toBe(0);
  });
});
