import { describe, expect, it } from 'vitest';
import { formatSize, parseSize } from '../../src/base/units.ts';

describe('parseSize', () => {
  it.each([
    ['0', 0],
    ['1048576', 2 ** 20],
    ['512m', 512 * 2 ** 20],
    ['512MiB', 512 * 2 ** 20],
    ['1.5g', 1.5 * 2 ** 30],
    ['4 GB', 4 * 2 ** 30],
    ['1t', 2 ** 40],
  ])('reads %s', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each(['', 'g', '-1', '1e9', '0x10', '1.0001k', '4 gigs', '999999999999999t', '1 k b', ' 1'])(
    'refuses %j',
    (text) => {
      expect(parseSize(text)).toBeUndefined();
    },
  );
});

describe('formatSize', () => {
  it.each([
    [0, '0 bytes'],
    [1023, '1023 bytes'],
    [512 * 2 ** 20, '512 MiB'],
    [1.5 * 2 ** 30, '1.5 GiB'],
    [2 ** 50, '1024 TiB'],
  ])('writes %s bytes for people', (bytes, text) => {
    expect(formatSize(bytes)).toBe(text);
  });
});
