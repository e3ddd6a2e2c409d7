import { describe, expect, it } from 'vitest';
import { ignoresMountGuards } from '../../src/engine/crun.ts';

describe('crun', () => {
  it.each([
    ['crun version 1.8.1\ncommit: f8a096be', true],
    ['crun 0.17', true],
    ['crun version 1.9', false],
    ['crun version 1.21\n', false],
    ['runc version 1.1.5', false],
    ['', false],
  ])('%j leaves guards out: %s', (text, expected) => {
    expect(ignoresMountGuards(text)).toBe(expected);
  });
});
