import { keep, pin, type Place, type ProjectMount, type ProjectPlan } from './project-mounts.ts';
import type { GitDir, ProjectSurvey, SurveyedPath } from './project-survey.ts';

/**
 * The mounts of a project's repository. Inside, git may commit, branch, stash and rebase; it cannot
 * change what git executes on the host: configuration, hooks, where they are looked for, and the same of
 * submodules and other worktrees.
 *
 * A `.git` that is missing cannot be made, since its configuration would be the agent's.
 *
 * Source: gitrepository-layout(5), githooks(5); SECURITY WS-01, WS-02
 */
export function planGitMounts(survey: ProjectSurvey, place: Place): ProjectPlan {
  const { git } = survey;
  const dotGit = `${survey.dir}/.git`;
  if (place.isWritable(dotGit) && git.kind !== 'linked') return { mounts: [], stubs: [] };
  switch (git.kind) {
    case 'none':
      return collect([{ path: dotGit, kind: 'missing', inode: '' }], [], place);
    case 'foreign':
      return collect([git.dotGit], [], place);
    case 'own':
      return gitDirPart(git.dir, place);
    case 'linked': {
      const common = gitDirPart(git.common, place);
      const own = collect(
        [git.dotGit, ...(git.own?.kept ?? [])],
        git.own === undefined ? [] : [git.own.self],
        place,
      );
      return {
        mounts: [...common.mounts, ...own.mounts],
        stubs: [...common.stubs, ...own.stubs],
      };
    }
  }
}

function gitDirPart(dir: GitDir, place: Place): ProjectPlan {
  // Without a plain file to cover, nothing could keep an agent from making one: all or nothing.
  if (dir.config.kind !== 'file') return collect([dir.self], [], place);
  const { modules, modulesDir } = dir;
  const isListed = modules !== undefined && modulesDir.kind === 'directory';
  const kept = [
    ...[dir.config, dir.hooks, ...dir.further, ...dir.named],
    ...(isListed ? modules.flatMap((module) => module.kept) : [modulesDir]),
  ].filter((found) => found !== modulesDir || found.kind !== 'missing');
  const pinned = isListed ? [modulesDir, ...modules.map(({ self }) => self)] : [];
  return collect(kept, [dir.self, ...pinned], place);
}

function collect(
  kept: readonly SurveyedPath[],
  pinned: readonly SurveyedPath[],
  place: Place,
): ProjectPlan {
  const wanted = kept.filter(({ path }) => !place.isWritable(path));
  const mounts: ProjectMount[] = [
    ...pinned.map((found) => pin(found, place)),
    ...wanted.map((found) => keep(found, place)),
  ];
  return {
    mounts,
    stubs: wanted.filter(({ kind }) => kind === 'missing').map(({ path }) => path),
  };
}
