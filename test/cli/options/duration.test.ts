import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../../src/cli/options/duration.ts';

describe('parseDuration', () => {
  it.each([
    ['0', 0],
    ['10', 10_000],
    ['10s', 10_000],
    ['500ms', 500],
    ['2m', 120_000],
    ['1h', 3_600_000],
  ])('reads %s', (text, milliseconds) => {
    expect(parseDuration(text, '--timeout')).toBe(milliseconds);
  });

  it.each(['', '-1s', '1.5s', '10 s', '1d', 's', '99999999s', 'Infinity'])('refuses %j', (text) => {
    expect(() => parseDuration(text, '--timeout')).toThrow('--timeout: ');
  });
});
