import { getPublicSuffix, parse } from 'tldts';
import { describe, expect, it } from 'vitest';
import { suffixFault } from '../../src/network/public-suffix.ts';

describe('suffixFault', () => {
  it.each([
    ['com', 'suffix'],
    ['co.uk', 'suffix'],
    ['github.io', 'suffix'],
    ['googleapis.com', 'suffix'],
    ['s3.amazonaws.com', 'suffix'],
    ['foo.ck', 'suffix'],
    ['xn--p1ai', 'suffix'],
    ['unheard-of', 'suffix'],
    ['amazonaws.com', 'above'],
    ['kawasaki.jp', 'suffix'],
    ['x.kawasaki.jp', 'suffix'],
    ['city.kawasaki.jp', undefined],
    ['www.ck', undefined],
    ['example.com', undefined],
    ['owner.github.io', undefined],
    ['a.example.co.uk', undefined],
    ['corp.unheard-of', undefined],
  ] as const)('finds %s %s', (name, expected) => {
    expect(suffixFault(name)).toBe(expected);
  });

  it('agrees with the library whose list it reads', () => {
    const names = [
      'uk',
      'co.uk',
      'ac.uk',
      'blogspot.com',
      'kawasaki.jp',
      'city.kawasaki.jp',
      'x.kawasaki.jp',
    ];
    const more = [
      'pages.dev',
      'vercel.app',
      'debian.net',
      'python.org',
      'npmjs.org',
      'kernel.org',
      'bd',
      'a.bd',
    ];
    for (const name of [...names, ...more]) {
      const isListed = parse(name, { allowPrivateDomains: true });
      const isSuffix = getPublicSuffix(name, { allowPrivateDomains: true }) === name;
      const expected = isSuffix && (isListed.isIcann === true || isListed.isPrivate === true);
      expect([name, suffixFault(name) === 'suffix']).toEqual([name, expected]);
    }
  });
});
