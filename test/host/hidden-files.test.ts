import { execFileSync } from 'node:child_process';
import { chmodSync, renameSync, symlinkSync, unlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { surveyGit } from '../../src/host/git-survey.ts';
import { findHiddenFiles } from '../../src/host/hidden-files.ts';
import { surveyPath } from '../../src/host/survey-path.ts';
import { moveOutOfReach } from '../support/deep.ts';
import { put, scratch } from '../support/scratch.ts';

function find(
  dir: string,
  visible: readonly string[] = [],
  before: Parameters<typeof findHiddenFiles>[3] = [],
) {
  const { hidden, ...rest } = findHiddenFiles(dir, surveyGit(dir), visible, before);
  return { hidden: hidden.map(({ path }) => path.slice(dir.length + 1)).sort(), ...rest };
}

describe('findHiddenFiles', () => {
  it('finds files by their names, keys by what is in them, and no directories', () => {
    const dir = scratch({
      ...{ '.env': 'x', 'a/.env.local': 'x', '.env.example': 'x', 'b/.env/bin/python': 'x' },
      ...{ 'k.pem': '-----BEGIN PRIVATE KEY-----', 'c.pem': '-----BEGIN CERTIFICATE-----' },
      ...{ 'slides.key': 'PK', 'node_modules/x/.env': 'x' },
    });
    expect(find(dir).hidden).toEqual(['.env', 'a/.env.local', 'k.pem']);
    expect(find(dir, ['.env', 'k.pem']).hidden).toEqual(['a/.env.local']);
  });

  it('hides what a link points to in the project, and nothing outside', () => {
    const dir = scratch({ 'conf/dev': 'x', 'conf/key': '-----BEGIN PRIVATE KEY-----' });
    symlinkSync('conf/dev', `${dir}/.env`);
    symlinkSync('conf/key', `${dir}/a.pem`);
    symlinkSync('/etc/passwd', `${dir}/.env.out`);
    symlinkSync('nowhere', `${dir}/.env.gone`);
    expect(find(dir).hidden).toEqual(['conf/dev', 'conf/key']);
    expect(find(dir, ['conf/dev', '.envv'])).toMatchObject({
      hidden: ['conf/key'],
      shown: ['conf/dev'],
    });
  });

  it('hides what was hidden before, wherever and whatever it is by now', () => {
    const dir = scratch({ 'web/.env': 'x', 'conf/dev': 'x' });
    symlinkSync('conf/dev', `${dir}/.env`);
    const before = ['web/.env', 'conf/dev'].map((path) => surveyPath(`${dir}/${path}`));
    const known = before.map(({ path, inode }) => ({ path: path.slice(dir.length + 1), inode }));
    renameSync(`${dir}/web`, `${dir}/node_modules`);
    unlinkSync(`${dir}/.env`);
    expect(find(dir).hidden).toEqual([]);
    expect(find(dir, [], known).hidden).toEqual(['conf/dev', 'node_modules/.env']);
    const shown = find(dir, ['conf/dev'], known);
    expect(shown).toMatchObject({ hidden: ['node_modules/.env'], shown: ['conf/dev'] });
    expect(shown.remembered.map(({ path }) => path)).toEqual(['node_modules/.env', 'conf/dev']);
  });

  it('hides a directory that cannot be looked into, until it is named', () => {
    const dir = scratch({ 'conf/.env': 'x', 'open/x': 'x' });
    const known = [{ path: 'conf/.env', inode: surveyPath(`${dir}/conf/.env`).inode }];
    chmodSync(`${dir}/conf`, 0o444);
    const found = find(dir, [], known);
    const named = find(dir, ['conf'], known);
    chmodSync(`${dir}/conf`, 0o755);
    expect(found).toMatchObject({ hidden: ['conf'], remembered: known });
    expect(named.shown).toEqual(['conf']);
    expect(named.hidden).not.toContain('conf');
  });

  it('refuses what it cannot hide: too many, or what it cannot find', () => {
    const many = Array.from({ length: 513 }, (_, index) => [`a/.env.${index}`, 'x'] as const);
    expect(() => find(scratch(Object.fromEntries(many)))).toThrow(
      expect.objectContaining({
        code: 'failed_precondition',
        message: '513 files of the project look like secrets, and no more than 512 can be hidden',
      }),
    );
    const dir = scratch({ 'web/.env': 'x' });
    const known = [{ path: 'web/.env', inode: surveyPath(`${dir}/web/.env`).inode }];
    moveOutOfReach(dir, 'web');
    expect(() => find(dir, [], known)).toThrow(
      expect.objectContaining({
        code: 'failed_precondition',
        hint: expect.stringContaining('--visible web/.env') as string,
      }),
    );
    const named = find(dir, ['web/.env'], known);
    execFileSync('rm', ['-rf', dir]);
    expect(named).toMatchObject({ hidden: [], remembered: [] });
  });

  it('remembers a file once, by whatever names it was found', () => {
    const dir = scratch({ 'conf/dev': 'x' });
    symlinkSync('conf/dev', `${dir}/.env`);
    let { hidden, remembered } = find(dir);
    for (let session = 0; session < 3; session++) {
      ({ hidden, remembered } = find(dir, [], remembered));
    }
    expect(hidden).toEqual(['conf/dev']);
    expect(remembered.map(({ path }) => path)).toEqual(['conf/dev']);
  });

  it('leaves what git has, and says so', () => {
    const dir = scratch({ '.env.test': 'x' });
    execFileSync('git', ['init', '-q'], { cwd: dir });
    execFileSync('git', ['add', '-A'], { cwd: dir });
    put(dir, { '.env': 'x', 'a/.env.test': 'x' });
    expect(find(dir)).toMatchObject({ hidden: ['.env', 'a/.env.test'], tracked: ['.env.test'] });
  });

  it('hides what git has under another name, with other content, or as an agent says', () => {
    const dir = scratch({ 'sample.env': 'x', 'a/.env': 'x', '.env.test': 'x', 'a/.env.test': 'x' });
    symlinkSync('a/.env', `${dir}/.env.local`);
    const git = (...args: string[]): string =>
      execFileSync('git', args, { cwd: dir, input: '' }).toString().trim();
    git('init', '-q');
    git('add', '-A');
    put(dir, { '.env': 'secret', 'a/.env.test': 'secret', 'b/.env': 'secret' });
    git(
      'update-index',
      '--add',
      '--cacheinfo',
      `100644,${git('hash-object', '-w', '--stdin')},b/.env`,
    );
    expect(find(dir)).toMatchObject({
      hidden: ['.env', 'a/.env.test', 'b/.env'],
      tracked: ['.env.local', '.env.test', 'a/.env'],
    });
  });
});
