import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findAgain, recallHidden, rememberHidden } from '../../src/host/hidden-before.ts';
import { surveyPath } from '../../src/host/survey-path.ts';
import { moveOutOfReach } from '../support/deep.ts';
import { put, scratch } from '../support/scratch.ts';

const FILES = { '.env': 'a', 'web/.env': 'b', 'web/two\nlines/.env': 'c' };
const inodesOf = (dir: string, paths: readonly string[]) =>
  paths.map((path) => ({ path, inode: surveyPath(`${dir}/${path}`).inode }));

/** A project whose secrets were hidden from a session. */
function hiddenOnce() {
  const [dir, stateDir] = [scratch(FILES), scratch()];
  rememberHidden(stateDir, dir, inodesOf(dir, Object.keys(FILES)));
  const look = () => {
    const { files, ...rest } = findAgain(dir, recallHidden(stateDir, dir));
    return { paths: files.map(({ path }) => path), ...rest };
  };
  return { dir, stateDir, look };
}

const NOTHING = { closed: [], unresolved: [], isCutShort: false };

describe('what was hidden before', () => {
  it('is found where it was', () => {
    expect(hiddenOnce().look()).toEqual({ paths: Object.keys(FILES), ...NOTHING });
  });

  it('is found where its directory was moved to, also with a decoy in the old place', () => {
    const { dir, look } = hiddenOnce();
    mkdirSync(`${dir}/.git/a/b/c/d/e`, { recursive: true });
    renameSync(`${dir}/web`, `${dir}/.git/a/b/c/d/e/vendor`);
    put(dir, { 'web/.env': 'decoy' });
    const moved = '.git/a/b/c/d/e/vendor';
    const paths = ['.env', `${moved}/.env`, `${moved}/two\nlines/.env`];
    expect(look()).toEqual({ paths, ...NOTHING });
  });

  it('is gone when all was searched', () => {
    const { dir, look } = hiddenOnce();
    rmSync(`${dir}/web`, { recursive: true });
    mkdirSync(`${dir}/web/.env`, { recursive: true });
    expect(look()).toEqual({ paths: ['.env'], ...NOTHING });
  });

  it.each([0o000, 0o444, 0o311])('is not gone when a directory is shut: %o', (mode) => {
    const { dir, look } = hiddenOnce();
    mkdirSync(`${dir}/x/y`, { recursive: true });
    renameSync(`${dir}/web`, `${dir}/x/y/web`);
    chmodSync(`${dir}/x/y`, mode);
    const found = look();
    chmodSync(`${dir}/x/y`, 0o755);
    expect(found).toMatchObject({ paths: ['.env'], closed: ['x/y'], isCutShort: false });
    expect(found.unresolved.map(({ path }) => path)).toEqual(['web/.env', 'web/two\nlines/.env']);
  });

  it('is not gone when its path may have become too long', () => {
    const { dir, look } = hiddenOnce();
    moveOutOfReach(dir, 'web');
    const found = look();
    execFileSync('rm', ['-rf', dir]);
    expect(found).toMatchObject({ paths: ['.env'], isCutShort: true });
    expect(found.unresolved).toHaveLength(2);
  });

  it('is another project’s own affair, and nothing where the memory is damaged', () => {
    const { dir, stateDir } = hiddenOnce();
    expect(recallHidden(stateDir, `${dir}/web`)).toEqual([]);
    rememberHidden(stateDir, dir, []);
    expect(recallHidden(stateDir, dir)).toEqual([]);
    const blocked = scratch();
    writeFileSync(`${blocked}/hidden`, '');
    rememberHidden(blocked, dir, inodesOf(dir, ['.env']));
    expect(recallHidden(blocked, dir)).toEqual([]);
  });
});
