import { describe, expect, it } from 'vitest';
import { parseDotenv } from '../../src/secrets/dotenv.ts';
import { processorMs } from '../support/processor-time.ts';

const read = (text: string): Record<string, string> =>
  Object.fromEntries([...parseDotenv(text)].map(([name, value]) => [name, value.toString()]));

describe('a .env file', () => {
  it.each([
    ['A=1', '1'],
    ['export A=1', '1'],
    ['  A = 1  # comment', '1'],
    ['A=a#b', 'a#b'],
    ['A="a b" # c', 'a b'],
    ["A='a $B \\n'", 'a $B \\n'],
    ['A="l1\\nl2\\t\\"q\\" \\\\ \\$"', 'l1\nl2\t"q" \\ $'],
    ['A="l1\nl2"', 'l1\nl2'],
    ['A=$(id)${B}', '$(id)${B}'],
    ['A=', ''],
    ['A=x\r\nB=y', 'x'],
  ])('gives the value of %j', (text, value) => {
    expect(read(text)['A']).toBe(value);
  });

  it('takes the last of two, and leaves out what it does not understand', () => {
    expect(read('A=1\nA=2\n1B=x\n- nothing\nC: 3\n# D=4\nE=5')).toEqual({ A: '2', E: '5' });
  });

  it('takes an unfinished quote for nothing', () => {
    expect(read('A="unfinished\nB=2')).toEqual({ B: '2' });
  });

  it('is quick on hostile text', () => {
    const text = `A="${'\\'.repeat(300_000)}\n${'A='.repeat(100_000)}\n${' '.repeat(300_000)}`;
    expect(processorMs(() => parseDotenv(text))).toBeLessThan(1000);
    const comments = `A=x${' #'.repeat(300_000)}\rB=2`;
    expect(processorMs(() => parseDotenv(comments))).toBeLessThan(1000);
  });
});
