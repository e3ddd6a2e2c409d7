import { execFileSync } from 'node:child_process';
import { renameSync, symlinkSync, unlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { surveyGit } from '../../src/host/git-survey.ts';
import { findHiddenFiles } from '../../src/host/hidden-files.ts';
import { surveyPath } from '../../src/host/survey-path.ts';
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
    expect(find(dir, ['conf/dev'], known)).toMatchObject({
      hidden: ['node_modules/.env'],
      shown: ['conf/dev'],
    });
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
