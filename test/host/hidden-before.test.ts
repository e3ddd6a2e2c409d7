import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findAgain, recallHidden, rememberHidden } from '../../src/host/hidden-before.ts';
import { put, scratch } from '../support/scratch.ts';

const FILES = { '.env': 'a', 'web/.env': 'b', 'web/two\nlines/.env': 'c' };

/** A project whose secrets were hidden from a session. */
function hiddenOnce() {
  const [dir, stateDir] = [scratch(FILES), scratch()];
  rememberHidden(stateDir, dir, Object.keys(FILES));
  const look = () => {
    const { files, lost } = findAgain(dir, recallHidden(stateDir, dir));
    return { paths: files.map(({ path }) => path), lost };
  };
  return { dir, stateDir, look };
}

describe('what was hidden before', () => {
  it('is found where it was', () => {
    expect(hiddenOnce().look()).toEqual({ paths: Object.keys(FILES), lost: [] });
  });

  it('is found where its directory was moved to, also with a decoy in the old place', () => {
    const { dir, look } = hiddenOnce();
    mkdirSync(`${dir}/.git/a/b/c/d/e`, { recursive: true });
    renameSync(`${dir}/web`, `${dir}/.git/a/b/c/d/e/vendor`);
    put(dir, { 'web/.env': 'decoy' });
    const moved = '.git/a/b/c/d/e/vendor';
    expect(look()).toEqual({
      paths: ['.env', `${moved}/.env`, `${moved}/two\nlines/.env`],
      lost: [],
    });
  });

  it('is forgotten when it is gone, or something else was put there', () => {
    const { dir, stateDir, look } = hiddenOnce();
    rmSync(`${dir}/web`, { recursive: true });
    mkdirSync(`${dir}/web/.env`, { recursive: true });
    expect(look()).toEqual({ paths: ['.env'], lost: [] });
    rememberHidden(stateDir, dir, ['.env', 'web/.env']);
    expect(recallHidden(stateDir, dir).map(({ path }) => path)).toEqual(['.env']);
  });

  it('is another project’s own affair, and nothing where the memory is damaged', () => {
    const { dir, stateDir } = hiddenOnce();
    expect(recallHidden(stateDir, `${dir}/web`)).toEqual([]);
    rememberHidden(stateDir, dir, []);
    expect(recallHidden(stateDir, dir)).toEqual([]);
    const blocked = scratch();
    writeFileSync(`${blocked}/hidden`, '');
    rememberHidden(blocked, dir, ['.env']);
    expect(recallHidden(blocked, dir)).toEqual([]);
  });
});
