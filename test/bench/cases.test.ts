import { describe, expect, it } from 'vitest';
import { sampleOf, spansIn } from '../../src/bench/cases.ts';

describe('spansIn', () => {
  it('finds the line among what else was said', () => {
    const line = '{"timing":{"totalMs":3,"spans":[{"phase":"init","startMs":1,"tookMs":2}]}}';
    expect(spansIn(`ct: warning: x\n${line}\n`)).toEqual([
      { phase: 'init', startMs: 1, tookMs: 2 },
    ]);
  });

  it('takes silence for a fault of ct', () => {
    expect(() => spansIn('ct: something else\n')).toThrow('did not say where its time went');
  });
});

describe('sampleOf', () => {
  it('has no first byte of a program that was silent', () => {
    const silent = { firstByteMs: undefined, totalMs: 5, stdout: '', stderr: '' };
    expect(sampleOf(silent)).toEqual({ figures: { total: 5 } });
  });
});
