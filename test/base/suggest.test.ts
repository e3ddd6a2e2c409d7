import { describe, expect, it } from 'vitest';
import { nearestWord } from '../../src/base/suggest.ts';

describe('nearestWord', () => {
  it('finds the word that was misspelt', () => {
    expect(nearestWord('rnu', ['run', 'ps', 'stop'])).toBe('run');
    expect(nearestWord('retention_day', ['retention_days'])).toBe('retention_days');
  });

  it('offers nothing when nothing is near', () => {
    expect(nearestWord('xyzzy', ['run', 'ps', 'stop'])).toBeUndefined();
    expect(nearestWord('', [])).toBeUndefined();
  });

  it('prefers the nearest of several', () => {
    expect(nearestWord('mode', ['modes', 'mode', 'made'])).toBe('mode');
  });

  it('does not compare words of absurd length', () => {
    expect(nearestWord('r'.repeat(1_000_000), ['run'])).toBeUndefined();
  });
});
