import type { Agent } from '../agents/agent.ts';
import type { Config } from '../config/schema.ts';
import type { ContainerSpec } from '../engine/engine.ts';
import type { SandboxSpec } from '../sandbox/spec.ts';
import { CtError } from '../base/errors.ts';
import { PATHS, packageBinDir } from '../base/layout.ts';
import { planEnvironment } from '../sandbox/environment.ts';
import { planMounts } from '../sandbox/mounts.ts';
import { planProject, type ProjectPlan } from '../sandbox/project-mounts.ts';
import type { ProjectSurvey } from '../sandbox/project-survey.ts';
import type { Facts } from './facts.ts';
import { sessionLabels } from './labels.ts';
import type { NetworkMode, RunOptions } from './options.ts';

/** Everything that will be true of a session. Pure data: `ct run --dry-run` prints it. */
export interface SessionPlan {
  readonly schema: 1;
  readonly session: string;
  readonly agent: string;
  readonly project: PlannedProject;
  /** Report at the end what the host may execute */
  readonly review: boolean;
  /** Host directory that is the agent's persistent home */
  readonly home: string;
  readonly network: NetworkMode;
  readonly detach: boolean;
  /** The program and its arguments, as they run behind the gate */
  readonly command: readonly string[];
  readonly container: ContainerSpec;
}

/**
 * The plan of one run.
 *
 * Errors: invalid_argument when the project directory has no usable name
 */
export function planSession(
  options: RunOptions,
  config: Config,
  agent: Agent,
  facts: Facts,
): SessionPlan {
  // A detached session has a terminal too: it waits for one to attach.
  const terminal = options.detach || (facts.terminal.stdinIsTty && facts.terminal.stdoutIsTty);
  const target = projectTarget(facts.project);
  const project = planProject({
    survey: facts.project,
    target,
    writable: [...config.project.writable, ...(options.writable ?? [])],
    masks: facts.masks,
  });
  const home = `${facts.homesDir}/${agent.name}`;
  const network = options.network ?? config.network.mode;
  const command = [agent.command, ...options.args];
  const sandbox: SandboxSpec = {
    image: facts.imageReference,
    args: [PATHS.init, '--', PATHS.entry, ...command],
    env: planEnvironment({
      agent,
      binDir: agent.install.kind === 'none' ? undefined : packageBinDir(agent.name),
      terminal,
      hostEnv: facts.hostEnv,
    }),
    cwd: target,
    user: { uid: PATHS.uid, gid: PATHS.gid },
    terminal,
    stdin: true,
    hostname: PATHS.hostname,
    userns: { kind: 'keep-id', uid: PATHS.uid, gid: PATHS.gid },
    network: { kind: network === 'offline' ? 'none' : 'uplink' },
    mounts: planMounts({
      project: project.mounts.map(({ mount }) => mount),
      home,
      packages: agent.install.kind !== 'none',
      caBundle: facts.caBundle,
      relabel: facts.hasSelinux,
    }),
    capabilities: [],
    noNewPrivileges: true,
    readOnlyRoot: true,
  };
  return {
    schema: 1,
    session: facts.sessionId,
    agent: agent.name,
    project: { source: facts.project.dir, target, ...shieldOf(project, facts.project) },
    review: options.review ?? config.project.review,
    home,
    network,
    detach: options.detach,
    command,
    container: {
      name: `ct-${agent.name}-${facts.sessionId}`,
      labels: sessionLabels({
        agent: agent.name,
        detach: options.detach,
        network,
        project: { source: facts.project.dir, target },
        facts,
      }),
      sandbox,
      autoRemove: true,
    },
  };
}

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

function shieldOf(
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
