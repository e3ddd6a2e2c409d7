import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  findUnused,
  makeGeneration,
  removeTree,
  removeUnused,
} from '../../src/host/generations.ts';
import { treeBytes } from '../../src/host/tree-size.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ct-generations-'));
  for (const run of ['r1', 'r2'])
    mkdirSync(`${root}/entries/npm/@s+x/${run}/bin`, { recursive: true });
});

describe('a generation', () => {
  it('has links that lead to entries from wherever the volume is mounted', () => {
    writeFileSync(`${root}/entries/npm/@s+x/r1/bin/x`, '');
    makeGeneration(root, 'g1', [{ name: 'x', path: 'npm/@s+x/r1/bin/x' }]);
    expect(readlinkSync(`${root}/generations/g1/bin/x`).startsWith('../')).toBe(true);
    expect(existsSync(`${root}/generations/g1/bin/x`)).toBe(true);
  });

  it('has no link outside, whatever the program is called', () => {
    const link = { name: '../../../evil', path: 'npm/@s+x/r1/bin/x' };
    expect(() => makeGeneration(root, 'g0', [link])).toThrow(/is no name of a program/u);
    expect(lstatSync(`${root}/evil`, { throwIfNoEntry: false })).toBeUndefined();
    rmSync(`${root}/generations`, { recursive: true });
  });

  it('is unused with its entries when no state names it; also what was half made', () => {
    makeGeneration(root, 'g1', []);
    makeGeneration(root, 'g2', []);
    mkdirSync(`${root}/generations/.g3/bin`, { recursive: true });
    const kept = { generations: ['g2'], entries: ['npm/@s+x/r2'] };
    expect([...findUnused(root, kept)].sort()).toEqual([
      `${root}/entries/npm/@s+x/r1`,
      `${root}/generations/.g3`,
      `${root}/generations/g1`,
    ]);
  });

  it('goes as a whole', () => {
    makeGeneration(root, 'g1', []);
    writeFileSync(`${root}/generations/g1/file`, 'x'.repeat(10_000));
    expect(treeBytes(`${root}/generations`)).toBeGreaterThanOrEqual(10_000);
    removeTree(`${root}/generations/g1`);
    expect(findUnused(root, { generations: [], entries: ['npm/@s+x/r1', 'npm/@s+x/r2'] })).toEqual(
      [],
    );
    expect(treeBytes(`${root}/none`)).toBe(0);
  });

  it.each(['generations', 'entries', 'entries/npm', 'entries/npm/@s+x'])(
    'is not looked for, nor removed, behind a link that an installation put at %s',
    (place) => {
      makeGeneration(root, 'g1', []);
      const home = mkdtempSync(join(tmpdir(), 'ct-home-'));
      mkdirSync(`${home}/documents/letters/old`, { recursive: true });
      const kept = { generations: [], entries: ['npm/@s+x/r1'] };
      const before = findUnused(root, kept);
      renameSync(`${root}/${place}`, `${root}/moved`);
      symlinkSync(home, `${root}/${place}`);
      const found = findUnused(root, kept);
      expect(found.filter((path) => path.startsWith(`${root}/${place}/`))).toEqual([]);
      // What was found before the link was there leads nowhere any more.
      for (const path of [...before, ...found, `${root}/${place}/documents`])
        removeUnused(root, path);
      expect(existsSync(`${home}/documents/letters/old`)).toBe(true);
    },
  );
});
