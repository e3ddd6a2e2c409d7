import { describe, expect, it } from 'vitest';
import { planProject, type ProjectWish } from '../../src/sandbox/project-mounts.ts';
import type { GitDir, ProjectSurvey, SurveyedPath } from '../../src/sandbox/project-survey.ts';

let count = 10;
const at = (path: string, kind: SurveyedPath['kind'] = 'directory'): SurveyedPath => ({
  path,
  kind,
  inode: kind === 'missing' ? '' : `1:${count++}`,
});

const masks = { directory: at('/ct/masks/directory'), file: at('/ct/masks/file', 'file') };

const gitDir = (root: string, other: Partial<GitDir> = {}): GitDir => ({
  self: at(root),
  config: at(`${root}/config`, 'file'),
  hooks: at(`${root}/hooks`),
  further: [],
  modules: [],
  modulesDir: at(`${root}/modules`, 'missing'),
  named: [],
  ...other,
});

function plan(survey: Partial<ProjectSurvey>, other: Partial<ProjectWish> = {}) {
  const whole: ProjectSurvey = {
    ...{ dir: '/p', inode: '1:1', protected: [], git: { kind: 'none' } },
    ...{ hidden: [], shown: [], tracked: [], isCutShort: false, remembered: [], ...survey },
  };
  const { mounts, stubs } = planProject({
    ...{ survey: whole, target: '/projects/p', writable: [], masks, ...other },
  });
  const lines = mounts.map(
    ({ mount }) => `${mount.readOnly ? 'ro' : 'rw'} ${mount.source} ${mount.target}`,
  );
  return { lines, stubs, mounts };
}

describe('planProject', () => {
  it('keeps what exists, covers what is missing, and hides what is secret', () => {
    const { lines, stubs } = plan({
      protected: [at('/p/.vscode'), at('/p/.husky', 'missing'), at('/p/opencode.json', 'missing')],
      hidden: [at('/p/a/.env', 'file')],
    });
    expect(lines).toEqual([
      'rw /p /projects/p',
      'ro /p/.vscode /projects/p/.vscode',
      'ro /ct/masks/directory /projects/p/.husky',
      'ro /ct/masks/directory /projects/p/.git',
      'ro /ct/masks/file /projects/p/a/.env',
    ]);
    expect(stubs).toEqual(['/p/.husky', '/p/.git']);
  });

  it('leaves out what the user named, with everything below it', () => {
    const { lines, stubs } = plan(
      { protected: [at('/p/.vscode')], git: { kind: 'own', dir: gitDir('/p/.git') } },
      { writable: ['.vscode', '.git/config'] },
    );
    expect(lines).toEqual([
      'rw /p /projects/p',
      'rw /p/.git /projects/p/.git',
      'ro /p/.git/hooks /projects/p/.git/hooks',
    ]);
    expect(stubs).toEqual([]);
    expect(plan({}, { writable: ['.git'] }).lines).toEqual(['rw /p /projects/p']);
  });

  it('pins every directory between a writable mount and a protected path', () => {
    const modules = [
      { self: at('/p/.git/modules/a'), kept: [] },
      {
        self: at('/p/.git/modules/a/b'),
        kept: [
          at('/p/.git/modules/a/b/config', 'file'),
          at('/p/.git/modules/a/b/hooks', 'missing'),
        ],
      },
    ];
    const dir = gitDir('/p/.git', { modules, modulesDir: at('/p/.git/modules') });
    const { mounts, stubs } = plan({ git: { kind: 'own', dir } });
    const targets = new Set(mounts.map(({ mount }) => mount.target));
    for (const { mount } of mounts.filter((each) => each.mount.readOnly)) {
      for (let up = mount.target; up !== '/projects/p'; up = up.slice(0, up.lastIndexOf('/'))) {
        expect(targets).toContain(up);
      }
    }
    expect(stubs).toEqual(['/p/.git/modules/a/b/hooks']);
  });

  it('keeps all of a repository that has no plain configuration, or too many submodules', () => {
    const odd = gitDir('/p/.git', { config: at('/p/.git/config', 'link') });
    expect(plan({ git: { kind: 'own', dir: odd } }).lines).toContain('ro /p/.git /projects/p/.git');
    const many = gitDir('/p/.git', { modules: undefined, modulesDir: at('/p/.git/modules') });
    expect(plan({ git: { kind: 'own', dir: many } }).lines).toContain(
      'ro /p/.git/modules /projects/p/.git/modules',
    );
  });

  it('mounts the repository of a worktree where it is, protected as the project’s own', () => {
    const common = gitDir('/m/.git', { further: [at('/m/.git/worktrees')] });
    const own = {
      self: at('/m/.git/worktrees/w'),
      kept: [at('/m/.git/worktrees/w/commondir', 'file')],
    };
    const git = { kind: 'linked', dotGit: at('/p/.git', 'file'), common, own } as const;
    const { lines } = plan({ git }, { target: '/p' });
    expect(lines).toEqual([
      ...['rw /p /p', 'rw /m/.git /m/.git', 'ro /p/.git /p/.git'],
      ...['ro /m/.git/config /m/.git/config', 'ro /m/.git/hooks /m/.git/hooks'],
      ...['ro /m/.git/worktrees /m/.git/worktrees', 'rw /m/.git/worktrees/w /m/.git/worktrees/w'],
      'ro /m/.git/worktrees/w/commondir /m/.git/worktrees/w/commondir',
    ]);
  });

  it.each(['link', 'other'] as const)('refuses a protected path that is a %s', (kind) => {
    expect(() => plan({ protected: [at('/p/.vscode', kind)] })).toThrow(
      expect.objectContaining({ code: 'failed_precondition' }),
    );
  });

  it('tells for each mount which inode must be there', () => {
    const found = at('/p/.vscode');
    const { mounts } = plan({ protected: [found, at('/p/.idea', 'missing')] });
    const inodes = Object.fromEntries(mounts.map(({ mount, inode }) => [mount.target, inode]));
    expect(inodes).toMatchObject({
      '/projects/p': '1:1',
      '/projects/p/.vscode': found.inode,
      '/projects/p/.idea': masks.directory.inode,
    });
  });
});
