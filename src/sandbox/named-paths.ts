import { CtError } from '../base/errors.ts';
import { nearestWord } from '../base/suggest.ts';
import { printable } from '../base/text.ts';
import { SECRET_NAMES, isVisible, suspicionOf } from './hidden-files.ts';
import type { ProjectSurvey } from './project-survey.ts';
import { PROTECTED_PATHS, isNamed } from './protected-paths.ts';

/** Names of paths that the user lets an agent write to, or read. */
export interface NamedPaths {
  readonly writable: readonly string[];
  readonly visible: readonly string[];
}

type Survey = Pick<ProjectSurvey, 'dir' | 'git' | 'shown'>;
type Kind = keyof NamedPaths;

/** What the plan of a repository keeps read-only. Source: git-mounts.ts */
const KEPT_OF_GIT = ['config', 'hooks', 'config.worktree', 'commondir', 'worktrees', 'modules'];

/**
 * Warnings for names that change nothing: whoever misspells one believes that it took effect. Those of the
 * configuration are for many projects, each with repositories and sockets of its own, so only what can be
 * right in none of them is told, and what is near to a name that is known.
 *
 * Errors: invalid_argument for one of the command line that leads out of the project
 */
export function judgeNames(given: NamedPaths, configured: NamedPaths, survey: Survey): string[] {
  return (['writable', 'visible'] as const).flatMap((kind) => [
    ...given[kind].flatMap((name) => {
      refuseOutside(kind, name);
      const fault = faultOf(kind, name, survey);
      return fault === undefined
        ? []
        : [`--${kind} ${printable(name)} changes nothing: ${fault.why}`];
    }),
    ...configured[kind].flatMap((name) => {
      const fault = faultOf(kind, name, survey);
      if (fault?.isSure !== true) return [];
      return [`'${printable(name)}' of '${kind}' in [project] changes nothing: ${fault.why}`];
    }),
  ]);
}

function refuseOutside(kind: Kind, name: string): void {
  if (!leadsOut(name)) return;
  throw new CtError(
    'invalid_argument',
    `--${kind} takes a path from the project's directory on, not '${printable(name)}'`,
    {
      hint: kind === 'writable' ? 'such as .vscode or .git/config' : 'such as .env or config/.env',
    },
  );
}

function leadsOut(name: string): boolean {
  return name.startsWith('/') || name.split('/').includes('..');
}

interface Fault {
  readonly why: string;
  /** It would be wrong in any project */
  readonly isSure: boolean;
}

function faultOf(kind: Kind, name: string, survey: Survey): Fault | undefined {
  if (leadsOut(name)) return { why: 'it leads out of the project', isSure: true };
  return kind === 'writable' ? writableFault(name, survey) : visibleFault(name, survey);
}

function writableFault(name: string, survey: Survey): Fault | undefined {
  const known = protectedNames(survey);
  if (/^(?:\.\/)?\.git\/(?:modules|worktrees)\//u.test(name)) return undefined;
  if (known.some((path) => isNamed(path, [name]))) return undefined;
  const whole = known.find(
    (path) => path !== '.git' && isNamed(name.replace(/^\.\//u, ''), [path]),
  );
  if (whole !== undefined) return { why: `${whole} is protected as a whole`, isSure: true };
  return unknown('it is not protected', nearestWord(name, known));
}

function protectedNames({ dir, git }: Survey): readonly string[] {
  const repository = git.kind === 'own' ? git.dir : git.kind === 'linked' ? git.common : undefined;
  return [
    ...PROTECTED_PATHS.map(({ name }) => name),
    ...['.git', ...KEPT_OF_GIT.map((name) => `.git/${name}`)],
    ...(repository?.named ?? []).map(({ path }) =>
      // A repository elsewhere is the project's `.git` all the same.
      path.replace(`${repository?.self.path}/`, `${dir}/.git/`).slice(dir.length + 1),
    ),
  ];
}

function visibleFault(name: string, { shown }: Survey): Fault | undefined {
  const base = name.slice(name.lastIndexOf('/') + 1);
  if (suspicionOf(base) !== undefined) return undefined;
  if (shown.some((path) => isVisible(path, [name]))) return undefined;
  return unknown('nothing of that name is hidden', nearestWord(base, ['.env', ...SECRET_NAMES]));
}

function unknown(why: string, near: string | undefined): Fault {
  return near === undefined
    ? { why, isSure: false }
    : { why: `${why}; did you mean ${printable(near)}?`, isSure: true };
}
