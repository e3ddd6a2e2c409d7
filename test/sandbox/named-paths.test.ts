import { describe, expect, it } from 'vitest';
import type { GitSurvey, SurveyedPath } from '../../src/sandbox/project-survey.ts';
import { judgeNames, type NamedPaths } from '../../src/sandbox/named-paths.ts';

const at = (name: string): SurveyedPath => ({ path: `/p/${name}`, kind: 'directory', inode: '1' });
const git = {
  kind: 'own' as const,
  dir: {
    ...{ self: at('.git'), config: at('.git/config'), hooks: at('.git/hooks'), further: [] },
    ...{ modules: [], modulesDir: at('.git/modules'), named: [at('scripts')] },
  },
} satisfies GitSurvey;
const survey = { dir: '/p', git, shown: ['run/app.sock'] };
const none: NamedPaths = { writable: [], visible: [] };

const given = (parts: Partial<NamedPaths>) => judgeNames({ ...none, ...parts }, none, survey);
const configured = (parts: Partial<NamedPaths>) => judgeNames(none, { ...none, ...parts }, survey);

describe('judgeNames', () => {
  it.each([
    ...['.vscode', './.vscode/', '.git', '.git/config', '.git/hooks', '.git/modules/a/config'],
    ...['.git/worktrees/w', 'scripts', 'opencode.json'],
  ])('is content with %s as writable, there or not', (name) => {
    expect(given({ writable: [name] })).toEqual([]);
    expect(configured({ writable: [name] })).toEqual([]);
  });

  it.each(['.env', 'a/.env.test', './.env', 'server.pem', 'run/app.sock', 'app.sock'])(
    'is content with %s as visible',
    (name) => {
      expect(given({ visible: [name] })).toEqual([]);
      expect(configured({ visible: [name] })).toEqual([]);
    },
  );

  it.each([
    ['.vscod', 'it is not protected; did you mean .vscode?'],
    ['.git/hook', 'it is not protected; did you mean .git/hooks?'],
    ['.vscode/settings.json', '.vscode is protected as a whole'],
    ['./.git/hooks/pre-commit', '.git/hooks is protected as a whole'],
    ['src', 'it is not protected'],
    ['', 'it is not protected'],
  ])('warns of %j as writable', (name, why) => {
    expect(given({ writable: [name] })).toEqual([`--writable ${name} changes nothing: ${why}`]);
  });

  it.each([
    ['.envv', 'nothing of that name is hidden; did you mean .env?'],
    ['config/id_ras', 'nothing of that name is hidden; did you mean id_rsa?'],
    ['notes.txt', 'nothing of that name is hidden'],
  ])('warns of %s as visible', (name, why) => {
    expect(given({ visible: [name] })).toEqual([`--visible ${name} changes nothing: ${why}`]);
  });

  it('warns of the configuration only where no project can be meant', () => {
    expect(configured({ writable: ['tools/hooks', 'src'], visible: ['other.sock'] })).toEqual([]);
    expect(configured({ writable: ['/etc', '.vscod'], visible: ['../.env', '.envv'] })).toEqual([
      "'/etc' of 'writable' in [project] changes nothing: it leads out of the project",
      "'.vscod' of 'writable' in [project] changes nothing: it is not protected; did you mean .vscode?",
      "'../.env' of 'visible' in [project] changes nothing: it leads out of the project",
      "'.envv' of 'visible' in [project] changes nothing: nothing of that name is hidden; did you mean .env?",
    ]);
  });

  it.each(['/etc', '../x', 'a/../../x', '..'])('refuses %s on the command line', (name) => {
    expect(() => given({ writable: [name] })).toThrow(
      `--writable takes a path from the project's directory on, not '${name}'`,
    );
    expect(() => given({ visible: [name] })).toThrow(/--visible takes a path/u);
  });

  it('makes a name safe for a terminal', () => {
    expect(given({ writable: ['a\u001b[2J'] })[0]).toContain('--writable a\\e[2J changes');
  });

  it('knows what a repository elsewhere protects of itself as a part of .git', () => {
    const common = { ...git.dir, self: at('../r'), named: [at('../r/myhooks')] };
    const linked: GitSurvey = { kind: 'linked', dotGit: at('.git'), common, own: undefined };
    const names = { ...none, writable: ['.git/myhooks'] };
    expect(judgeNames(names, none, { ...survey, git: linked })).toEqual([]);
  });
});
