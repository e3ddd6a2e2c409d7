import { describe, expect, it } from 'vitest';
import { isInIndex, parseGitConfig, parseGitFile } from '../../src/sandbox/git-text.ts';

describe('parseGitFile', () => {
  it.each([
    ['gitdir: /a/.git/worktrees/b\n', '/a/.git/worktrees/b'],
    ['gitdir: ../.git/modules/x', '../.git/modules/x'],
    ['gitdir: a b \n', 'a b '],
    ['gitdir:/a', undefined],
    ['gitdir: /a\nmore', undefined],
    ['', undefined],
    ['gitdir: /a\0b', undefined],
    [`gitdir: ${'x'.repeat(5000)}`, undefined],
  ])('reads %j as %j', (text, expected) => expect(parseGitFile(text)).toBe(expected));
});

describe('parseGitConfig', () => {
  it('finds the paths in whatever form git takes them', () => {
    const text = `[core]
\tHooksPath = "tools/my hooks" ; note
\tworktree = ../../../sub
[core] hookspath=.githooks
[include]
  path = ../.gitconfig # note
[includeIf "gitdir:x"]
\tpath = other\\"x
\t; path = commented
`;
    expect(parseGitConfig(text)).toEqual({
      hooksPath: ['tools/my hooks', '.githooks'],
      includes: ['../.gitconfig', 'other"x'],
      worktree: '../../../sub',
    });
  });

  it('finds none in an ordinary one', () => {
    const text = '[core]\n\tbare = false\n[remote "o"]\n\turl = x\n';
    expect(parseGitConfig(text)).toEqual({ hooksPath: [], includes: [], worktree: undefined });
  });
});

describe('isInIndex', () => {
  const index = Buffer.from('DIRC\0\0\0\x02\0\0\0\x01....a/.env\0\0\0.env.test\0\0');
  it.each([
    ['a/.env', true],
    ['.env.test', true],
    ['a', false],
    ['.env.tes', false],
  ])('of %s: %s', (path, expected) => expect(isInIndex(index, path)).toBe(expected));
});
