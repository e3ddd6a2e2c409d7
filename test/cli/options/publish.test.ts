import { describe, expect, it } from 'vitest';
import { parsePublished } from '../../../src/cli/options/publish.ts';

describe('--publish', () => {
  it.each([
    ['8080:3000', '127.0.0.1', 8080, 3000],
    ['8080', '127.0.0.1', 8080, 8080],
    ['127.0.0.1:8080:3000', '127.0.0.1', 8080, 3000],
    ['0.0.0.0:8080:3000/tcp', '0.0.0.0', 8080, 3000],
    ['[::1]:8080:3000', '::1', 8080, 3000],
  ])('reads %s', (word, hostAddress, hostPort, port) => {
    expect(parsePublished([word])).toEqual([{ hostAddress, hostPort, port }]);
  });

  it.each([
    '',
    'x',
    '0:80',
    '80:70000',
    '8080:3000/udp',
    '127.0.0.1:80',
    '::1:80:80',
    '300.1.1.1:80:80',
  ])('refuses %j', (word) => {
    expect(() => parsePublished([word])).toThrow(/--publish/u);
  });

  it('refuses one port of the host twice', () => {
    expect(() => parsePublished(['80:1', '127.0.0.1:80:2'])).toThrow(/twice/u);
  });

  it('is nothing by default', () => {
    expect(parsePublished(undefined)).toEqual([]);
  });
});
