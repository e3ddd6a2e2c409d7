import { describe, expect, it } from 'vitest';
import { indexedBlobs, parseGitConfig, parseGitFile } from '../../src/sandbox/git-text.ts';

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

/** An index as git writes it, with ids of all bytes alike. Source: gitformat-index(5) */
function indexOf(
  names: readonly string[],
  { version = 2, idBytes = 20, extended = false } = {},
): Buffer {
  const entries = names.map((name, count) => {
    const flags = Buffer.alloc(extended ? 4 : 2);
    flags.writeUInt16BE(Math.min(name.length, 0xfff) | (extended ? 0x4000 : 0));
    const used = [Buffer.alloc(40), Buffer.alloc(idBytes, count + 1), flags, Buffer.from(name)];
    const { length } = Buffer.concat(used);
    return Buffer.concat([...used, Buffer.alloc(8 - (length % 8))]);
  });
  const head = Buffer.from('DIRC\0\0\0\0\0\0\0\0');
  head.writeUInt32BE(version, 4);
  head.writeUInt32BE(names.length, 8);
  return Buffer.concat([head, ...entries, Buffer.from('TREE')]);
}

describe('indexedBlobs', () => {
  const long = `${'d/'.repeat(3000)}.env`;
  const names = ['a/.env', 'b/.env', '0\u0004.env', 'sample.env', long, '.env.test'];
  const found = (index: Buffer, ...paths: string[]) =>
    Object.fromEntries(indexedBlobs(index, paths));

  it.each([
    ['SHA-1', indexOf(names), 20],
    ['SHA-256', indexOf(names, { idBytes: 32 }), 32],
    ['version 3', indexOf(names, { version: 3, extended: true }), 20],
  ])('has the ids of whole names only: %s', (_what, index, length) => {
    expect(found(index, 'b/.env', '.env', 'env', '.env.tes', long)).toEqual({
      'b/.env': '02'.repeat(length),
      [long]: '05'.repeat(length),
    });
  });

  it('has none of version 4, of a part of an index, and of what is none', () => {
    const whole = indexOf(names);
    const others = [
      indexOf(names, { version: 4 }),
      whole.subarray(0, 90),
      Buffer.from('x'),
      Buffer.alloc(99),
    ];
    for (const index of others) expect(found(index, 'b/.env')).toEqual({});
  });
});
