import { describe, expect, it } from 'vitest';
import { normaliseName, suffixesOf } from '../../src/network/domain-name.ts';

describe('normaliseName', () => {
  it.each([
    ['Example.COM', 'example.com'],
    ['example.com.', 'example.com'],
    ['_dmarc.a-b.example', '_dmarc.a-b.example'],
    ['localhost', 'localhost'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['1.example', '1.example'],
    [`${'a'.repeat(63)}.b`, `${'a'.repeat(63)}.b`],
  ])('makes %s into %s', (text, name) => {
    expect(normaliseName(text)).toBe(name);
  });

  it.each([
    ...['', '.', 'a..b', '.a', 'a.b..', 'a b', 'a\u0000b', 'a/b', 'bücher.example', 'a%2eb', 'a*b'],
    ...['127.0.0.1', '1.2.3', '2130706433', '0x7f000001', 'a.0x7f', 'a.1', `${'a'.repeat(64)}.b`],
    `${'a.'.repeat(127)}`.concat('b'),
  ])('takes %j for no name', (text) => {
    expect(normaliseName(text)).toBeUndefined();
  });
});

describe('suffixesOf', () => {
  it('goes up to the top', () => {
    expect([...suffixesOf('a.b.c')]).toEqual(['a.b.c', 'b.c', 'c']);
  });
});
