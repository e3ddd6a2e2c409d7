import { CtError } from '../base/errors.ts';
import { printable } from '../base/text.ts';
import { planGitMounts } from './git-mounts.ts';
import type { Inode, ProjectSurvey, SurveyedPath } from './project-survey.ts';
import { PROTECTED_PATHS, isNamed } from './protected-paths.ts';
import type { Mount } from './spec.ts';

/** What `planProject` needs to know. */
export interface ProjectWish {
  readonly survey: ProjectSurvey;
  /** Where the project is inside */
  readonly target: string;
  /** Names that the user lets the agent write to */
  readonly writable: readonly string[];
  readonly masks: Masks;
}

/** An empty directory and an empty file of ct's own, to be mounted over what must not be seen. */
export interface Masks {
  readonly directory: SurveyedPath;
  readonly file: SurveyedPath;
}

/** A mount of the project, and what must be found there once it is made. */
export interface ProjectMount {
  readonly mount: Extract<Mount, { kind: 'bind' }>;
  readonly inode: Inode;
}

/** The project's side of a session. */
export interface ProjectPlan {
  readonly mounts: readonly ProjectMount[];
  /** Directories that must exist on the host, empty, while the session runs: mount points */
  readonly stubs: readonly string[];
}

/**
 * The mounts of a project: itself, over it what is kept read-only, and over that what is hidden. A
 * directory between a writable mount and a protected path is a mount of its own (*pinned*): a mount point
 * cannot be renamed away from inside, but the directory above it could.
 *
 * Errors: failed_precondition for a protected path that is a link: nothing can be mounted over it
 */
export function planProject(wish: ProjectWish): ProjectPlan {
  const { survey, target, masks } = wish;
  const place: Place = {
    inside: (path) =>
      path === survey.dir || path.startsWith(`${survey.dir}/`)
        ? `${target}${path.slice(survey.dir.length)}`
        : path,
    isWritable: (path) => isNamed(relative(survey, path), wish.writable),
    masks,
  };
  const root = bind({ path: survey.dir, kind: 'directory', inode: survey.inode }, place, false);
  const parts = [
    protectedPart(survey, place),
    planGitMounts(survey, place),
    { mounts: survey.hidden.map((file) => mask(file, place)), stubs: [] },
  ];
  return {
    mounts: [root, ...outerFirst(parts.flatMap(({ mounts }) => mounts))],
    stubs: [...new Set(parts.flatMap(({ stubs }) => stubs))],
  };
}

/** What the parts of the plan share. */
export interface Place {
  /** The path inside of a path on the host */
  readonly inside: (path: string) => string;
  readonly isWritable: (path: string) => boolean;
  readonly masks: Masks;
}

function protectedPart(survey: ProjectSurvey, place: Place): ProjectPlan {
  const wanted = survey.protected.filter(({ path }) => !place.isWritable(path));
  const isStub = ({ path }: SurveyedPath): boolean =>
    PROTECTED_PATHS.some(
      ({ name, missing }) => missing === 'stub' && `${survey.dir}/${name}` === path,
    );
  return {
    mounts: wanted.flatMap((found) =>
      found.kind === 'missing' && !isStub(found) ? [] : [keep(found, place)],
    ),
    stubs: wanted
      .filter((found) => found.kind === 'missing' && isStub(found))
      .map(({ path }) => path),
  };
}

/** Read-only as it is; an empty read-only directory where it is missing. */
export function keep(found: SurveyedPath, place: Place): ProjectMount {
  if (found.kind === 'link' || found.kind === 'other') {
    throw new CtError(
      'failed_precondition',
      `${printable(found.path)} is ${found.kind === 'link' ? 'a symbolic link' : 'no ordinary file'}, so it cannot be kept read-only`,
      {
        hint: 'replace it by what it points to, or let the agent write to it: --writable NAME, or writable in [project]',
      },
    );
  }
  return found.kind === 'missing'
    ? mask({ ...found, kind: 'directory' }, place)
    : bind(found, place, true);
}

/** A mount over itself, writable: cannot be renamed or removed from inside. */
export function pin(found: SurveyedPath, place: Place): ProjectMount {
  return bind(found, place, false);
}

function bind(found: SurveyedPath, place: Place, readOnly: boolean): ProjectMount {
  return {
    mount: { kind: 'bind', source: found.path, target: place.inside(found.path), readOnly },
    inode: found.inode,
  };
}

function mask(found: SurveyedPath, place: Place): ProjectMount {
  const cover = found.kind === 'directory' ? place.masks.directory : place.masks.file;
  return {
    mount: { kind: 'bind', source: cover.path, target: place.inside(found.path), readOnly: true },
    inode: cover.inode,
  };
}

function relative(survey: ProjectSurvey, path: string): string {
  if (path.startsWith(`${survey.dir}/`)) return path.slice(survey.dir.length + 1);
  // A repository elsewhere is the project's `.git` all the same.
  const { git } = survey;
  const root = git.kind === 'linked' ? git.common.self.path : undefined;
  return root !== undefined && (path === root || path.startsWith(`${root}/`))
    ? `.git${path.slice(root.length)}`
    : path;
}

/** One mount for each target, the last word on it, and outer directories before inner ones. */
function outerFirst(mounts: readonly ProjectMount[]): readonly ProjectMount[] {
  const byTarget = new Map(mounts.map((each) => [each.mount.target, each]));
  const depth = ({ mount }: ProjectMount): number => mount.target.split('/').length;
  return [...byTarget.values()].sort((a, b) => depth(a) - depth(b));
}
