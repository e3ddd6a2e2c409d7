import type { Agent } from '../agents/agent.ts';
import type { Config } from '../config/schema.ts';
import type { ContainerSpec } from '../engine/engine.ts';
import type { SandboxSpec } from '../sandbox/spec.ts';
import { CtError } from '../base/errors.ts';
import { PATHS, packageBinDir } from '../base/layout.ts';
import { planEnvironment } from '../sandbox/environment.ts';
import { planMounts } from '../sandbox/mounts.ts';
import { planSeccomp } from '../sandbox/seccomp/plan.ts';
import type { Facts } from './facts.ts';
import { sessionLabels } from './labels.ts';
import type { NetworkMode, RunOptions } from './options.ts';

/** Everything that will be true of a session. Pure data: `ct run --dry-run` prints it. */
export interface SessionPlan {
  readonly schema: 1;
  readonly session: string;
  readonly agent: string;
  readonly project: { readonly source: string; readonly target: string };
  /** Host directory that is the agent's persistent home */
  readonly home: string;
  readonly network: NetworkMode;
  readonly detach: boolean;
  /** Its filter traps instead of refusing, and ct answers in its place and takes notes */
  readonly explainDenials: boolean;
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
  const target = projectTarget(facts.projectDir);
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
      project: { source: facts.projectDir, target },
      home,
      packages: agent.install.kind !== 'none',
      caBundle: facts.caBundle,
    }),
    capabilities: [],
    noNewPrivileges: true,
    readOnlyRoot: true,
    seccomp: planSeccomp(options.seccomp ?? config.sandbox.seccomp, facts.seccomp),
  };
  return {
    schema: 1,
    session: facts.sessionId,
    agent: agent.name,
    project: { source: facts.projectDir, target },
    home,
    network,
    detach: options.detach,
    explainDenials: options.explainDenials === true,
    command,
    container: {
      name: `ct-${agent.name}-${facts.sessionId}`,
      labels: sessionLabels({
        agent: agent.name,
        detach: options.detach,
        network,
        projectDir: facts.projectDir,
        seccomp: sandbox.seccomp,
        facts,
      }),
      sandbox,
      autoRemove: true,
    },
  };
}

/** `/projects/<name>`, where name is the directory's own without what would break a terminal or PATH. */
export function projectTarget(projectDir: string): string {
  const base = projectDir.slice(projectDir.lastIndexOf('/') + 1);
  if (base === '') {
    throw new CtError('invalid_argument', 'the root directory cannot be a project', {
      hint: 'change to the directory of your project and run the command again',
    });
  }
  // eslint-disable-next-line no-control-regex -- a line break in PWD breaks every shell prompt and log inside
  return `${PATHS.projects}/${base.replace(/[\u0000-\u001f\u007f]/gu, '_')}`;
}
