import { describe, expect, it } from 'vitest';
import { networkFileSystemOf } from '../../src/host/network-fs.ts';

describe('networkFileSystemOf', () => {
  it.each([
    [0x6969, 'NFS'],
    [0xff534d42, 'CIFS'],
    // The kernel's signed word, as some versions of Node give it.
    [0xff534d42 | 0, 'CIFS'],
    [0xef53, undefined],
    [0x01021994, undefined],
  ])('knows %i as %s', (type, name) => expect(networkFileSystemOf('/h', () => type)).toBe(name));

  it('does not know a home that cannot be asked', () => {
    const fail = (): never => {
      throw new Error('ENOENT');
    };
    expect(networkFileSystemOf('/h', fail)).toBeUndefined();
    expect(networkFileSystemOf('/')).toBeUndefined();
  });
});
