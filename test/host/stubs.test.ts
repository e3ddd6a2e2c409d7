import { existsSync, mkdirSync, readdirSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { currentOwner } from '../../src/host/process.ts';
import { heldStubs, isStub, placeStubs, releaseStubs, sweepStubs } from '../../src/host/stubs.ts';
import { scratch } from '../support/scratch.ts';

const owner = currentOwner();
const dead = { ...owner, startTicks: '1' };

function setUp() {
  const [dir, stateDir] = [scratch(), scratch()];
  const stat = statSync(dir, { bigint: true });
  const by = (session: string, who = owner) => ({
    ...{ stateDir, session, owner: who, dir, inode: `${stat.dev}:${stat.ino}` },
  });
  return { dir, stateDir, by };
}

describe('placeStubs', () => {
  it('makes directories that go with the session', () => {
    const { dir, stateDir, by } = setUp();
    placeStubs([`${dir}/.husky`, `${dir}/.idea`], by('aaaaaaaa'));
    expect(readdirSync(dir).sort()).toEqual(['.husky', '.idea']);
    expect(isStub(`${dir}/.husky`)).toBe(true);
    releaseStubs(stateDir, 'aaaaaaaa');
    expect(readdirSync(dir)).toEqual([]);
    expect(readdirSync(`${stateDir}/stubs`)).toEqual([]);
  });

  it.each([
    ['aaaaaaaa', 'bbbbbbbb'],
    ['bbbbbbbb', 'aaaaaaaa'],
  ])('keeps them until the last session has left, in whatever order', (first, last) => {
    const { dir, stateDir, by } = setUp();
    placeStubs([`${dir}/.husky`], by('aaaaaaaa'));
    placeStubs([`${dir}/.husky`], by('bbbbbbbb'));
    releaseStubs(stateDir, first);
    expect(readdirSync(`${dir}/.husky`)).toEqual([`.ct-${last}`]);
    releaseStubs(stateDir, last);
    expect(readdirSync(dir)).toEqual([]);
  });

  it('leaves an empty directory that was there, and what came to be in it', () => {
    const { dir, stateDir, by } = setUp();
    mkdirSync(`${dir}/.vscode`);
    placeStubs([`${dir}/.vscode`, `${dir}/.idea`], by('aaaaaaaa'));
    writeFileSync(`${dir}/.idea/mine`, '');
    releaseStubs(stateDir, 'aaaaaaaa');
    expect(readdirSync(dir).sort()).toEqual(['.idea', '.vscode']);
    expect(readdirSync(`${dir}/.vscode`)).toEqual([]);
    expect(readdirSync(`${dir}/.idea`)).toEqual(['mine']);
  });

  it('takes away what another session made and is just leaving', () => {
    const { dir, stateDir, by } = setUp();
    placeStubs([`${dir}/.husky`], by('aaaaaaaa'));
    // The first half of its leave: inner before outer.
    rmdirSync(`${dir}/.husky/.ct-aaaaaaaa`);
    placeStubs([`${dir}/.husky`], by('bbbbbbbb'));
    releaseStubs(stateDir, 'aaaaaaaa');
    expect(readdirSync(`${dir}/.husky`)).toEqual(['.ct-bbbbbbbb']);
    releaseStubs(stateDir, 'bbbbbbbb');
    expect(readdirSync(dir)).toEqual([]);
  });

  it('takes everything back when one cannot be made, and never makes what is above', () => {
    const { dir, stateDir, by } = setUp();
    const paths = [`${dir}/.husky`, `${dir}/gone/.idea`];
    expect(() => placeStubs(paths, by('aaaaaaaa'))).toThrow(/gone\/\.idea/u);
    expect(readdirSync(dir)).toEqual([]);
    expect(heldStubs(stateDir, 'aaaaaaaa')).toBeUndefined();
  });

  it('writes nothing at all when there is nothing to make', () => {
    const { stateDir, by } = setUp();
    placeStubs([], by('aaaaaaaa'));
    expect(existsSync(`${stateDir}/stubs`)).toBe(false);
  });
});

describe('sweepStubs', () => {
  it('removes those of the dead whose session is gone, and no others', () => {
    const { dir, stateDir, by } = setUp();
    const place = (name: string, session: string, who = owner) =>
      placeStubs([`${dir}/${name}`], by(session, who));
    place('.husky', '11111111', dead);
    place('.idea', '22222222', dead);
    place('.vscode', '33333333');
    sweepStubs(stateDir, (session) => session === '22222222');
    expect(readdirSync(dir).sort()).toEqual(['.idea', '.vscode']);
    expect(readdirSync(`${stateDir}/stubs`).sort()).toEqual(['22222222', '33333333']);
  });

  it('is not put off by garbage', () => {
    const { stateDir } = setUp();
    mkdirSync(`${stateDir}/stubs`);
    for (const [name, text] of Object.entries({ a: '', b: '{', c: '[]', d: '{"owner":1}' })) {
      writeFileSync(`${stateDir}/stubs/${name}`, text);
    }
    expect(() => sweepStubs(stateDir, () => false)).not.toThrow();
  });
});
