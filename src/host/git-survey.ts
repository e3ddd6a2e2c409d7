import { readdirSync, realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseGitConfig, parseGitFile } from '../sandbox/git-text.ts';
import type {
  GitDir,
  GitSurvey,
  LinkedDir,
  ModuleDir,
  SurveyedPath,
} from '../sandbox/project-survey.ts';
import { readPlainFile, surveyPath, surveyProtected } from './survey-path.ts';

/** More submodules than this are read-only as a whole: each costs three mounts or more. */
const MAX_MODULES = 16;
/** `modules/a/b/c`: names of submodules may have slashes */
const MAX_MODULE_DEPTH = 4;
/** Nobody's configuration is longer, `bytes` */
const MAX_TEXT = 256 * 1024;
/** A configuration and what it includes, in turn: more files than this are not looked into */
const MAX_CONFIGS = 32;
/** What lies at the top of a bare repository, by its makers; anything else may be a file of the user's */
const BARE_NAMES =
  /^(?:HEAD|[A-Z]+_[A-Z_]+|config(?:\.worktree)?|description|packed-refs|shallow|index|gc\.(?:log|pid)|git-daemon-export-ok|objects|refs|reftable|hooks|info|logs|lfs|worktrees|modules|branches|rr-cache)(?:\.lock)?$/u;

/**
 * The repository that belongs to a project directory, found without running git: a hostile repository
 * would run its own programs.
 *
 * A `.git` file may point anywhere, so what it points to must know of this directory too, as git's own
 * worktrees and submodules do; a link that nobody answers is not followed.
 *
 * Source: gitrepository-layout(5), git-worktree(1) "Details"
 */
export function surveyGit(projectDir: string): GitSurvey {
  const dotGit = surveyProtected(`${projectDir}/.git`);
  switch (dotGit.kind) {
    case 'missing':
      return { kind: 'none' };
    case 'directory':
      return { kind: 'own', dir: surveyGitDir(dotGit, projectDir) };
    case 'file':
      return surveyLinked(dotGit, projectDir);
    default:
      return { kind: 'foreign', dotGit, why: 'it is a link' };
  }
}

function surveyLinked(dotGit: SurveyedPath, projectDir: string): GitSurvey {
  const foreign = (why: string): GitSurvey => ({ kind: 'foreign', dotGit, why });
  const named = parseGitFile(readText(dotGit.path));
  if (named === undefined) return foreign('it is not one of git');
  const gitDir = realDirectory(resolve(projectDir, named));
  if (gitDir === undefined) return foreign('it points to nothing');
  const common = readText(`${gitDir}/commondir`).trim();
  const commonDir = common === '' ? gitDir : realDirectory(resolve(gitDir, common));
  if (commonDir !== undefined && !isRepository(commonDir, projectDir)) {
    return foreign('it points to a directory that is no repository, or has other files too');
  }
  if (common === '') return surveySubmodule(dotGit, gitDir, projectDir);
  const back = readText(`${gitDir}/gitdir`).trim();
  if (commonDir === undefined || dirname(gitDir) !== `${commonDir}/worktrees`) {
    return foreign('it points to no worktree of a repository');
  }
  if (resolve(gitDir, back) !== dotGit.path) {
    return foreign('the repository that it points to does not know this directory');
  }
  return {
    kind: 'linked',
    dotGit,
    common: surveyGitDir(surveyPath(commonDir), projectDir),
    own: surveyOwn(gitDir),
  };
}

/**
 * Whether a directory is a repository and nothing else. It will be writable inside, and whoever wrote the
 * `.git` file may have written a `HEAD` and a `config` beside the files of a whole project, too.
 */
function isRepository(dir: string, projectDir: string): boolean {
  const has = (name: string, kind: string) => surveyPath(`${dir}/${name}`).kind === kind;
  if (`${projectDir}/`.startsWith(`${dir}/`) || !has('.git', 'missing')) return false;
  if (!has('HEAD', 'file') || !has('objects', 'directory') || !has('refs', 'directory'))
    return false;
  return dir.split('/').includes('.git') || namesIn(dir).every((name) => BARE_NAMES.test(name));
}

/** A submodule that is a project of its own: its repository names the work tree. */
function surveySubmodule(dotGit: SurveyedPath, gitDir: string, projectDir: string): GitSurvey {
  const { worktree } = parseGitConfig(readText(`${gitDir}/config`));
  if (worktree === undefined || realDirectory(resolve(gitDir, worktree)) !== projectDir) {
    const why = 'the repository that it points to does not know this directory';
    return { kind: 'foreign', dotGit, why };
  }
  return {
    kind: 'linked',
    dotGit,
    common: surveyGitDir(surveyPath(gitDir), projectDir),
    own: undefined,
  };
}

function surveyOwn(gitDir: string): LinkedDir {
  const names = ['commondir', 'gitdir', 'config.worktree'];
  return { self: surveyPath(gitDir), kept: existing(gitDir, names) };
}

function surveyGitDir(self: SurveyedPath, projectDir: string): GitDir {
  const at = (name: string): SurveyedPath => surveyPath(`${self.path}/${name}`);
  const modulesDir = at('modules');
  return {
    self,
    config: at('config'),
    hooks: surveyProtected(`${self.path}/hooks`),
    further: existing(self.path, ['config.worktree', 'commondir', 'worktrees']),
    modulesDir,
    modules: modulesDir.kind === 'directory' ? surveyModules(modulesDir.path) : [],
    named: surveyNamed(self.path, projectDir),
  };
}

/**
 * What the configuration, and what it includes, makes git execute or read: the entry at the top of the
 * repository or of the project that it lies in, missing or not. Only where a missing file would have to be
 * made there itself it is left to the review: a directory in its place would break git on the host.
 */
function surveyNamed(gitDir: string, projectDir: string): readonly SurveyedPath[] {
  const top = (full: string, isFile: boolean): readonly SurveyedPath[] => {
    const root = [gitDir, projectDir].find((dir) => full.startsWith(`${dir}/`));
    if (root === undefined) return [];
    const [first = '', ...rest] = full.slice(root.length + 1).split('/');
    const found = surveyProtected(`${root}/${first}`);
    return isFile && rest.length === 0 && found.kind === 'missing' ? [] : [found];
  };
  const configs = new Set([`${gitDir}/config`, `${gitDir}/config.worktree`]);
  const named: SurveyedPath[] = [];
  for (const config of configs) {
    const { hooksPath, includes } = parseGitConfig(readText(config));
    const at = (base: string, paths: readonly string[]) =>
      paths.filter((path) => !/^(?:[~%]|$)/u.test(path)).map((path) => resolve(base, path));
    const included = at(dirname(config), includes);
    named.push(...at(projectDir, hooksPath).flatMap((full) => top(full, false)));
    named.push(...included.flatMap((full) => top(full, true)));
    for (const full of included) if (configs.size < MAX_CONFIGS) configs.add(full);
  }
  return named;
}

function surveyModules(root: string): readonly ModuleDir[] | undefined {
  const found: ModuleDir[] = [];
  const visit = (dir: string, depth: number): boolean => {
    for (const entry of readdirSync(dir, { withFileTypes: true })) {
      const path = `${dir}/${entry.name}`;
      if (entry.isSymbolicLink() || depth > MAX_MODULE_DEPTH || found.length > MAX_MODULES)
        return false;
      if (!entry.isDirectory()) continue;
      const self = surveyPath(path);
      const config = surveyPath(`${path}/config`);
      if (surveyPath(`${path}/HEAD`).kind !== 'file') {
        found.push({ self, kept: [] });
        if (!visit(path, depth + 1)) return false;
        continue;
      }
      if (config.kind !== 'file') return false;
      const further = existing(path, ['config.worktree', 'commondir', 'worktrees', 'modules']);
      found.push({ self, kept: [config, surveyProtected(`${path}/hooks`), ...further] });
    }
    return true;
  };
  try {
    return visit(root, 1) ? found : undefined;
  } catch {
    return undefined;
  }
}

function namesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir);
  } catch {
    // Not to be listed: not to be judged either.
    return [''];
  }
}

function existing(dir: string, names: readonly string[]): readonly SurveyedPath[] {
  return names.map((name) => surveyPath(`${dir}/${name}`)).filter(({ kind }) => kind !== 'missing');
}

function readText(path: string): string {
  return readPlainFile(path, MAX_TEXT)?.toString('utf8') ?? '';
}

function realDirectory(path: string): string | undefined {
  try {
    const real = realpathSync.native(path);
    return surveyPath(real).kind === 'directory' ? real : undefined;
  } catch {
    return undefined;
  }
}
