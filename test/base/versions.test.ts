import { describe, expect, it } from 'vitest';
import { isAtLeast } from '../../src/base/versions.ts';

describe('isAtLeast', () => {
  it.each([
    ['v20.18.0', [20, 18], true],
    ['v20.9.0', [20, 18], false],
    ['4.0.0', [4, 0], true],
    ['4.3.1+ds1', [4, 3], true],
    ['3.4.4', [4, 0], false],
    ['5.11', [5, 11], true],
    ['6.1.0-18-amd64', [5, 11], true],
    ['5.4.0', [5, 11], false],
  ])('%s ≥ %j: %s', (version, wanted, expected) => {
    expect(isAtLeast(version, wanted)).toBe(expected);
  });
});
