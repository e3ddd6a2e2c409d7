import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { surveyGit } from '../../src/host/git-survey.ts';
import { put, scratch } from '../support/scratch.ts';

function git(cwd: string, ...args: string[]): void {
  const identity = ['-c', 'user.name=a', '-c', 'user.email=a@b.c'];
  const all = [...identity, '-c', 'protocol.file.allow=always', ...args];
  execFileSync('git', all, { cwd, stdio: 'pipe' });
}

function repository(): string {
  const dir = scratch({ 'r/': '' });
  git(`${dir}/r`, 'init', '-q');
  git(`${dir}/r`, 'commit', '-q', '--allow-empty', '-m', 'x');
  return `${dir}/r`;
}

describe('surveyGit', () => {
  it('finds none, and a stub counts as none', () => {
    expect(surveyGit(scratch()).kind).toBe('none');
    expect(surveyGit(scratch({ '.git/.ct-0123abcd/': '' })).kind).toBe('none');
  });

  it('finds what git would execute of an ordinary repository', () => {
    const dir = repository();
    git(dir, 'config', 'core.hooksPath', 'tools/hooks');
    git(dir, 'config', 'include.path', '../.gitconfig');
    put(dir, { '.gitconfig': '', 'tools/hooks/pre-commit': '' });
    const survey = surveyGit(dir);
    if (survey.kind !== 'own') throw new Error(survey.kind);
    expect(survey.dir.config.kind).toBe('file');
    expect(survey.dir.named.map(({ path }) => path)).toEqual([`${dir}/tools`, `${dir}/.gitconfig`]);
    rmSync(`${dir}/.git/hooks`, { recursive: true, force: true });
    expect(surveyGit(dir)).toMatchObject({ dir: { hooks: { kind: 'missing' } } });
  });

  it('lists submodules with what is above them, and none if there are too many', () => {
    const [library, dir] = [repository(), repository()];
    git(dir, 'submodule', '--quiet', 'add', library, 'libs/a');
    const survey = surveyGit(dir);
    if (survey.kind !== 'own') throw new Error(survey.kind);
    const modules = `${dir}/.git/modules`;
    expect(survey.dir.modules?.map(({ self }) => self.path)).toEqual([
      `${modules}/libs`,
      `${modules}/libs/a`,
    ]);
    for (let index = 0; index < 20; index++)
      put(modules, { [`m${index}/HEAD`]: '', [`m${index}/config`]: '' });
    expect(surveyGit(dir)).toMatchObject({ dir: { modules: undefined } });
  });

  it('follows a worktree to a repository that knows it, and a submodule to its own', () => {
    const main = repository();
    git(main, 'worktree', 'add', '-q', '../side', '-b', 'side');
    const side = main.replace(/r$/u, 'side');
    expect(surveyGit(side)).toMatchObject({
      kind: 'linked',
      common: { self: { path: `${main}/.git` } },
      own: { self: { path: `${main}/.git/worktrees/side` } },
    });
    git(main, 'submodule', '--quiet', 'add', repository(), 'sub');
    expect(surveyGit(`${main}/sub`)).toMatchObject({
      kind: 'linked',
      common: { self: { path: `${main}/.git/modules/sub` } },
      own: undefined,
    });
  });

  it.each(['worktree', 'submodule'])('does not follow a stolen .git file of a %s', (kind) => {
    const main = repository();
    git(main, 'worktree', 'add', '-q', '../side', '-b', 'side');
    git(main, 'submodule', '--quiet', 'add', repository(), 'sub');
    const from = kind === 'worktree' ? main.replace(/r$/u, 'side') : `${main}/sub`;
    const thief = scratch();
    const text = readFileSync(`${from}/.git`, 'utf8').replace(/: \.\./u, `: ${main}`);
    writeFileSync(`${thief}/.git`, text);
    expect(surveyGit(thief)).toMatchObject({ kind: 'foreign' });
  });

  const shell = { HEAD: 'ref: refs/heads/x', 'objects/': '', 'refs/': '' };

  it.each([
    ['a work tree around the project', { config: '[core]\n worktree = a/sub' }, '../..'],
    ['a directory above it', { 'a/config': '[core]\n worktree = sub' }, '..'],
    ['itself', { 'a/sub/config': '[core]\n worktree = .' }, '.'],
    [
      'a work tree beside it',
      { 'b/config': '[core]\n worktree = ../a/sub', 'b/.git/': '' },
      '../../b',
    ],
    [
      'files of a project',
      { 'b/config': '[core]\n worktree = ../a/sub', 'b/app/.env': '' },
      '../../b',
    ],
    ['no repository', { 'c/config': '[core]\n worktree = ../a/sub' }, '../../c'],
  ])('does not follow a .git file to %s', (_, files, to) => {
    const dir = scratch({ 'a/sub/.git': `gitdir: ${to}\n` });
    for (const each of ['', 'a/', 'a/sub/', 'b/'])
      for (const [name, text] of Object.entries(shell)) put(dir, { [each + name]: text });
    put(dir, files);
    expect(surveyGit(`${dir}/a/sub`)).toMatchObject({ kind: 'foreign' });
  });

  it('does not follow the files of a worktree to a directory that holds the project', () => {
    const dir = scratch({
      ...{ ...shell, config: '', 'a/sub/.git': 'gitdir: ../../worktrees/w\n' },
      ...{ 'worktrees/w/commondir': '../..\n', 'worktrees/w/gitdir': '../../a/sub/.git\n' },
    });
    expect(surveyGit(`${dir}/a/sub`)).toMatchObject({ kind: 'foreign' });
  });

  it('follows a worktree inside the project, and one beside a bare repository, but not in one', () => {
    const main = repository();
    git(main, 'worktree', 'add', '-q', '.worktrees/x', '-b', 'x');
    expect(surveyGit(`${main}/.worktrees/x`)).toMatchObject({ kind: 'linked' });
    const bare = main.replace(/r$/u, 'bare.git');
    git(main, 'clone', '-q', '--bare', main, bare);
    git(bare, 'worktree', 'add', '-q', '../bare.git-wt/x', '-b', 'y');
    git(bare, 'worktree', 'add', '-q', 'wt', '-b', 'z');
    expect(surveyGit(`${bare}/wt`)).toMatchObject({ kind: 'foreign' });
    git(bare, 'worktree', 'remove', 'wt');
    expect(surveyGit(`${bare}-wt/x`)).toMatchObject({
      kind: 'linked',
      common: { self: { path: bare } },
    });
  });

  it('finds what the configuration names in the repository itself, and what that names', () => {
    const dir = repository();
    put(dir, {
      '.git/extra.inc': '[include]\n path = inc/a\n path = late.inc\n',
      '.git/inc/a': '[core]\n hooksPath = .git/myhooks\n[include]\n path = none/b\n path = a\n',
    });
    git(dir, 'config', 'include.path', 'extra.inc');
    const survey = surveyGit(dir);
    if (survey.kind !== 'own') throw new Error(survey.kind);
    const found = survey.dir.named.map(({ path, kind }) => [path.slice(dir.length + 1), kind]);
    expect(Object.fromEntries(found)).toEqual({
      ...{ '.git/extra.inc': 'file', '.git/inc': 'directory', '.git/myhooks': 'missing' },
    });
  });

  it.each(['gitdir: /etc', 'gitdir: nowhere', 'gitdir: /home', 'rubbish', ''])(
    'does not follow %j',
    (text) => expect(surveyGit(scratch({ '.git': text })).kind).toBe('foreign'),
  );

  it('does not follow a link', () => {
    const [dir, main] = [scratch(), repository()];
    symlinkSync(`${main}/.git`, `${dir}/.git`);
    expect(surveyGit(dir).kind).toBe('foreign');
  });

  it('takes no odd modules directory for one it could list', () => {
    const dir = repository();
    mkdirSync(`${dir}/.git/modules`);
    symlinkSync('/tmp', `${dir}/.git/modules/x`);
    expect(surveyGit(dir)).toMatchObject({ dir: { modules: undefined } });
    renameSync(`${dir}/.git/modules`, `${dir}/m`);
    expect(surveyGit(dir)).toMatchObject({ dir: { modules: [] } });
  });
});
