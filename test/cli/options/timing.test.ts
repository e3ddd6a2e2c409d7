import { describe, expect, it } from 'vitest';
import { parseTiming, timingOf } from '../../../src/cli/options/timing.ts';

describe('--timing', () => {
  it.each([
    [undefined, undefined],
    [false, undefined],
    [true, 'text'],
    ['text', 'text'],
    ['json', 'json'],
  ])('%j is %j', (word, face) => expect(parseTiming(word)).toBe(face));

  it('refuses a face that there is not', () => {
    expect(() => parseTiming('xml\u001b')).toThrow("--timing: there is no face 'xml\\e'");
  });
});

describe('CT_TIMING', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['0', undefined],
    ['1', 'text'],
    ['json', 'json'],
  ])('%j is %j', (word, face) => expect(timingOf({ CT_TIMING: word })).toBe(face));

  it('is refused under its own name', () => {
    expect(() => timingOf({ CT_TIMING: 'yes' })).toThrow("CT_TIMING: there is no face 'yes'");
  });
});
