import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, readdirSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { readBeneath, writeBeneath } from '../../src/host/beneath.ts';
import { put, scratch } from '../support/scratch.ts';

describe('a file below a directory of a hostile agent', () => {
  it('is written whole, for its owner alone, with the directories above it', () => {
    const root = scratch();
    writeBeneath(root, 'a/b/c.md', 'one');
    writeBeneath(root, 'a/b/c.md', 'two');
    expect(readBeneath(root, 'a/b/c.md', 100)?.toString()).toBe('two');
    expect(statSync(`${root}/a/b/c.md`).mode & 0o777).toBe(0o600);
    expect(readdirSync(`${root}/a/b`)).toEqual(['c.md']);
  });

  it('is nothing where there is nothing', () => {
    const root = scratch();
    expect(readBeneath(root, 'a/b', 100)).toBeUndefined();
    expect(readBeneath(`${root}/gone`, 'a', 100)).toBeUndefined();
  });

  it('is not reached through a link, for reading or for writing', () => {
    const [root, outside] = [scratch(), scratch({ file: 'mine' })];
    symlinkSync(outside, `${root}/dir`);
    symlinkSync(`${outside}/file`, `${root}/link`);
    for (const path of ['dir/file', 'link']) {
      expect(() => readBeneath(root, path, 100)).toThrow(/in the way/u);
    }
    expect(() => writeBeneath(root, 'dir/file', 'theirs')).toThrow(/in the way/u);
    expect(readFileSync(`${outside}/file`, 'utf8')).toBe('mine');
  });

  it('takes the place of a link, and leaves what that led to', () => {
    const [root, outside] = [scratch(), scratch({ file: 'mine' })];
    symlinkSync(`${outside}/file`, `${root}/link`);
    writeBeneath(root, 'link', 'new');
    expect(readFileSync(`${outside}/file`, 'utf8')).toBe('mine');
    expect(readBeneath(root, 'link', 100)?.toString()).toBe('new');
  });

  it('is no pipe that is waited for, no directory and not too long', () => {
    const root = scratch({ long: 'x'.repeat(11) });
    mkdirSync(`${root}/dir`);
    execFileSync('mkfifo', [`${root}/pipe`]);
    for (const path of ['pipe', 'dir', 'long']) {
      expect(() => readBeneath(root, path, 10)).toThrow(/in the way/u);
    }
    expect(() => writeBeneath(root, 'dir', 'x')).toThrow(/in the way/u);
    expect(readdirSync(root).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it.each(['../x', 'a/../x', '/x', 'a//b', '', '.'])('is never at %j', (path) => {
    const root = scratch();
    put(root, { 'in/': '' });
    expect(() => writeBeneath(`${root}/in`, path, 'x')).toThrow(/no path below/u);
    expect(existsSync(`${root}/x`)).toBe(false);
  });
});
