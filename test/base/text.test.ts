import { expect, it } from 'vitest';
import { printable } from '../../src/base/text.ts';

it('makes escape sequences, line breaks and bidirectional overrides visible', () => {
  expect(printable('a\u001b[2Jb')).toBe('a\\e[2Jb');
  expect(printable('one\ntwo\r\t')).toBe('one\\ntwo\\r\\t');
  expect(printable('x\u202ey')).toBe('x\\u202ey');
  expect(printable('\u009b31m')).toBe('\\u009b31m');
});

it('leaves letters of every language alone', () => {
  expect(printable('Grüße 世界 🙂')).toBe('Grüße 世界 🙂');
});
