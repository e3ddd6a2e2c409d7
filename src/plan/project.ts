import { CtError } from '../base/errors.ts';
import { PATHS } from '../base/layout.ts';
import type { ProjectPlan } from '../sandbox/project-mounts.ts';
import type { ProjectSurvey } from '../sandbox/project-survey.ts';

/** The project in a plan: where it is, and how it is kept from the agent. */
export interface PlannedProject {
  readonly source: string;
  readonly target: string;
  /** Directory of the repository on the host */
  readonly repository: string | undefined;
  /** Paths in the project that the agent sees empty */
  readonly hidden: readonly string[];
  /** Look like secrets and are seen, since git has them */
  readonly tracked: readonly string[];
  /** The search for secrets came to a bound */
  readonly isCutShort: boolean;
  /** Empty directories on the host that are needed as mount points while the session runs */
  readonly stubs: readonly string[];
  /** What must be found at each mount point before the gate opens */
  readonly mounted: readonly {
    readonly target: string;
    readonly readOnly: boolean;
    readonly inode: string;
  }[];
}

/** What of the project's mounts is told, placed, and checked at the gate. */
export function shieldOf(
  { mounts, stubs }: ProjectPlan,
  survey: ProjectSurvey,
): Omit<PlannedProject, 'source' | 'target'> {
  const { git } = survey;
  const repository = git.kind === 'own' ? git.dir : git.kind === 'linked' ? git.common : undefined;
  return {
    repository: repository?.self.path,
    hidden: survey.hidden.map(({ path }) => path.slice(survey.dir.length + 1)),
    tracked: survey.tracked,
    isCutShort: survey.isCutShort,
    stubs,
    mounted: mounts.map(({ mount: { target, readOnly }, inode }) => ({ target, readOnly, inode })),
  };
}

/**
 * `/projects/<name>`, where name is the directory's own without what would break a terminal or PATH. A
 * worktree or a submodule stays where it is on the host: its repository knows it by that path.
 */
export function projectTarget({ dir, git }: Pick<ProjectSurvey, 'dir' | 'git'>): string {
  const base = dir.slice(dir.lastIndexOf('/') + 1);
  if (base === '') {
    throw new CtError('invalid_argument', 'the root directory cannot be a project', {
      hint: 'change to the directory of your project and run the command again',
    });
  }
  // eslint-disable-next-line no-control-regex -- a line break in PWD breaks every shell prompt and log inside
  const controls = /[\u0000-\u001f\u007f]/gu;
  if (git.kind === 'linked' && dir.search(controls) < 0) return dir;
  return `${PATHS.projects}/${base.replace(controls, '_')}`;
}
