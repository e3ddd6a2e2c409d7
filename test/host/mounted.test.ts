import { readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findMountFaults, parseMountInfo } from '../../src/host/mounted.ts';

describe('findMountFaults', () => {
  const stat = statSync('/proc', { bigint: true });
  const right = { target: '/proc', readOnly: false, inode: `${stat.dev}:${stat.ino}` };

  it('finds none where all is as it should be', () => {
    expect(findMountFaults(process.pid, [right])).toEqual([]);
  });

  it('names what is not mounted, what is writable, and what is something else', () => {
    const text = readFileSync('/proc/self/mountinfo', 'utf8');
    const isWritable = parseMountInfo(text).get('/proc')?.includes('rw') === true;
    const wrong = [
      { ...right, target: '/nowhere' },
      { ...right, inode: '1:1' },
      ...(isWritable ? [{ ...right, readOnly: true }] : []),
    ];
    expect(findMountFaults(process.pid, wrong)).toEqual([
      '/nowhere is not mounted',
      '/proc is something else',
      ...(isWritable ? ['/proc is writable'] : []),
    ]);
  });
});

describe('parseMountInfo', () => {
  it('has the uppermost mount of each place, with its name as it is', () => {
    const text =
      '1 0 0:1 / /a rw,nosuid - tmpfs t rw\n2 1 0:1 /x /a\\040b\\134c\\012 ro - tmpfs t rw\n3 1 0:1 / /a ro,nodev - tmpfs t rw\n\n';
    expect([...parseMountInfo(text)]).toEqual([
      ['/a', ['ro', 'nodev']],
      ['/a b\\c\n', ['ro']],
    ]);
  });
});
