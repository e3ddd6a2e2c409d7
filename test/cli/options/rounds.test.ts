import { describe, expect, it } from 'vitest';
import { parseRounds } from '../../../src/cli/options/rounds.ts';

describe('--rounds', () => {
  it.each([
    [undefined, 30],
    ['3', 3],
    ['1000', 1000],
  ])('%j is %d', (word, rounds) => expect(parseRounds(word)).toBe(rounds));

  it.each(['2', '1001', '', '-5', '1e2', '3.5', 'many'])('refuses %j', (word) => {
    expect(() => parseRounds(word)).toThrow(`--rounds: '${word}' is not 3 to 1000`);
  });
});
