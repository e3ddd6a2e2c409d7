import { chmodSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { walkTree, WALK_LIMITS } from '../../src/host/tree-walk.ts';
import { scratch } from '../support/scratch.ts';

const all = (): boolean => true;
const paths = (dir: string, limits = WALK_LIMITS as Parameters<typeof walkTree>[2]) =>
  walkTree(dir, all, limits).files.map(({ path }) => path);

describe('walkTree', () => {
  it('lists outer files first, and nothing of what others made', () => {
    const dir = scratch({
      'a/b/c': '',
      'a/x': '',
      top: '',
      'node_modules/x': '',
      '.git/config': '',
    });
    expect(paths(dir)).toEqual(['top', 'a/x', 'a/b/c']);
  });

  it('follows no link, and says which file is one', () => {
    const dir = scratch({ 'a/x': '' });
    symlinkSync('a', `${dir}/b`);
    symlinkSync('.', `${dir}/a/loop`);
    const links = walkTree(dir, all).files.filter(({ isLink }) => isLink);
    expect(links.map(({ path }) => path)).toEqual(['b', 'a/loop']);
  });

  it('finds repositories below the project, not its own', () => {
    const dir = scratch({ '.git/HEAD': '', 'a/.git/HEAD': '', 'b/.git': 'gitdir: x' });
    expect([...walkTree(dir, all).repositories].sort()).toEqual(['a', 'b']);
  });

  it.each([
    [{ depth: 1, directories: 99, entries: 99 }, ['top']],
    [{ depth: 9, directories: 2, entries: 99 }, ['top', 'a/x']],
    [{ depth: 9, directories: 99, entries: 1 }, []],
  ])('stops at the bounds %j and says so', (limits, expected) => {
    const dir = scratch({ 'a/b/c/y': '', 'a/x': '', top: '' });
    const walked = walkTree(dir, all, limits);
    expect(walked.isCutShort).toBe(true);
    expect(walked.files.length).toBeLessThanOrEqual(expected.length);
  });

  it('tells what is shut, and passes over what is gone', () => {
    expect(paths(`${scratch()}/gone`)).toEqual([]);
    const dir = scratch({ 'a/b/x': '', 'c/x': '' });
    chmodSync(`${dir}/a/b`, 0o311);
    const { files, closed } = walkTree(dir, all);
    chmodSync(`${dir}/a/b`, 0o755);
    expect([files.map(({ path }) => path), closed]).toEqual([['c/x'], ['a/b']]);
  });

  it('says that it stopped in the last directory, too', () => {
    const dir = scratch({ 'a/x': '', 'a/y': '', 'a/z': '' });
    expect(walkTree(dir, all, { depth: 9, directories: 9, entries: 3 }).isCutShort).toBe(true);
    expect(walkTree(dir, all, { depth: 9, directories: 9, entries: 4 }).isCutShort).toBe(false);
  });
});
