import type { Agent } from '../agents/agent.ts';
import type { Config } from '../config/schema.ts';
import type { ContainerSpec } from '../engine/engine.ts';
import type { NetworkPolicy } from '../network/policy.ts';
import type { SeccompUse } from '../sandbox/seccomp/use.ts';
import type { Limits, SandboxSpec } from '../sandbox/spec.ts';
import { CtError } from '../base/errors.ts';
import { generationBinDir, PATHS, packageBinDir } from '../base/layout.ts';
import { commandLine } from '../agents/yolo.ts';
import { isYolo } from './agents.ts';
import { providerEnvironment, providerGrants, withoutClaude } from './providers.ts';
import { CHROMIUM_ENVIRONMENT } from '../image/chromium.ts';
import { planEnvironment } from '../sandbox/environment.ts';
import { planMounts } from '../sandbox/mounts.ts';
import { planSeccomp } from '../sandbox/seccomp/plan.ts';
import { grantEnvironment, planGrants, type GrantPlan } from '../secrets/grants.ts';
import { planProject } from '../sandbox/project-mounts.ts';
import { enforcement, plannedWalls, type Enforced } from '../sandbox/enforcement.ts';
import { budgetEnvironment, planLimits, type LimitWish } from '../sandbox/limits.ts';
import { presetNamed, shortfalls, type Preset, type PresetName } from '../sandbox/presets.ts';
import type { Facts } from './facts.ts';
import { idleServices } from './idle-services.ts';
import { projectTarget, shieldOf, type PlannedProject } from './project.ts';
import { sessionLabels } from './labels.ts';
import type { NetworkMode, PublishedPort, RunOptions } from './options.ts';

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
  /** What may be reached; empty lists where the mode asks no list */
  readonly policy: NetworkPolicy;
  /** Ports of the host that lead inside */
  readonly published: readonly PublishedPort[];
  readonly preset: PresetName;
  /** How far each wall will stand on this host */
  readonly enforcement: readonly Enforced[];
  /** What was asked for and this host lacks: the user is told */
  readonly warnings: readonly string[];
  readonly detach: boolean;
  /** Its filter traps instead of refusing, and ct answers in its place and takes notes */
  readonly explainDenials: boolean;
  /** Names of the secrets that it gets; never a value */
  readonly secrets: GrantPlan;
  /** The program and its arguments, as they run behind the gate */
  readonly command: readonly string[];
  readonly container: ContainerSpec;
}

/**
 * The plan of one run.
 *
 * Errors: invalid_argument when the project directory has no usable name, or a path that the user named
 * leads out of it; failed_precondition when
 * this host cannot keep the preset
 */
export function planSession(
  options: RunOptions,
  config: Config,
  agent: Agent,
  facts: Facts,
  policy: NetworkPolicy,
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
  const network = policy.mode;
  const { provider } = facts;
  const ownSecrets = planSecrets(config, agent, facts);
  const secrets = provider === undefined ? ownSecrets : providerGrants(ownSecrets, provider);
  const { words: command, env: yoloEnv } = commandLine(
    agent,
    options.args,
    isYolo(agent.name, config),
  );
  const preset = presetNamed(options.preset ?? config.sandbox.preset);
  const wish = limitWish(options, config);
  const { limits, wanted } = planLimits(wish, preset, facts.powers);
  const tmpBytes = config.limits.tmp || preset.limits.tmpBytes;
  const seccomp = planSeccomp(wishedSeccomp(options, config), facts.seccomp);
  const explainDenials = options.explainDenials === true;
  if (explainDenials) checkExplainable(options.detach, seccomp);
  const sandbox: SandboxSpec = {
    image: facts.imageReference,
    args: [PATHS.init, '--', PATHS.entry, ...command],
    env: {
      ...planEnvironment({
        agent,
        binDir: agent.install.kind === 'none' ? undefined : packageBinDir(agent.name),
        programsDir:
          facts.generation === undefined
            ? undefined
            : generationBinDir(facts.instance, facts.generation),
        terminal,
        ...{ authorities: facts.authorities, hostEnv: facts.hostEnv },
        userEnv: {
          ...(facts.hasChromium === true ? CHROMIUM_ENVIRONMENT : {}),
          ...userEnvironment(yoloEnv, facts),
        },
        budget: budgetEnvironment(limits, tmpBytes),
      }),
      ...grantEnvironment(secrets.grants),
    },
    cwd: target,
    user: { uid: PATHS.uid, gid: PATHS.gid },
    terminal,
    stdin: true,
    hostname: PATHS.hostname,
    userns: { kind: 'keep-id', uid: PATHS.uid, gid: PATHS.gid },
    // Nothing but loopback: what the mode adds is attached at the gate.
    network: { kind: 'none' },
    mounts: planMounts({
      project: project.mounts.map(({ mount }) => mount),
      home,
      packages: agent.install.kind !== 'none' || facts.generation !== undefined,
      authorities: facts.authorities,
      ignoreFile: facts.user.ignoreFile,
      relabel: facts.hasSelinux,
      tmpBytes,
    }),
    capabilities: [],
    noNewPrivileges: true,
    seccomp,
    readOnlyRoot: preset.readOnlyRoot,
    limits,
  };
  const table = enforcement(plannedWalls(sandbox, network, facts.powers), wanted);
  return {
    schema: 1,
    session: facts.sessionId,
    agent: agent.name,
    project: { source: facts.project.dir, target, ...shieldOf(project, facts.project) },
    review: options.review ?? config.project.review,
    home,
    network,
    policy,
    published: options.published,
    preset: preset.name,
    enforcement: table,
    warnings: [
      ...facts.vainNames,
      ...acceptedShortfalls(preset, table),
      ...unsetLimits(wish, limits),
      ...idleServices(network, config.network),
      ...facts.seccomp.doubts.map((doubt) => `the seccomp profile: ${doubt}`),
    ],
    detach: options.detach,
    explainDenials,
    secrets,
    command,
    container: {
      name: `ct-${agent.name}-${facts.sessionId}`,
      labels: sessionLabels({
        agent: agent.name,
        detach: options.detach,
        network,
        preset: preset.name,
        seccomp: sandbox.seccomp,
        grants: secrets.grants,
        project: { source: facts.project.dir, target },
        facts,
      }),
      sandbox,
      autoRemove: true,
    },
  };
}

/** What names the filter: the command line, the configuration, or the preset. */
export function wishedSeccomp(
  { seccomp, preset }: Pick<RunOptions, 'seccomp' | 'preset'>,
  { sandbox }: Pick<Config, 'sandbox'>,
): string {
  return seccomp ?? (sandbox.seccomp || presetNamed(preset ?? sandbox.preset).seccomp);
}

/** ct watches in the foreground, and a filter that is not there refuses nothing. */
function checkExplainable(detach: boolean, seccomp: SeccompUse | undefined): void {
  if (!detach && seccomp !== undefined) return;
  const other = detach ? '--detach' : 'unconfined';
  throw new CtError('invalid_argument', `--explain-denials does not go together with ${other}`, {
    hint: 'leave one of the two out',
  });
}

/** A provider wins over what crosses by name, and that over what crosses by prefix. */
function userEnvironment(
  yoloEnv: Readonly<Record<string, string>>,
  { user, provider }: Facts,
): Readonly<Record<string, string>> {
  if (provider === undefined) return { ...yoloEnv, ...user.env };
  return { ...yoloEnv, ...withoutClaude(user.env), ...providerEnvironment(provider) };
}

function planSecrets(config: Config, agent: Agent, facts: Facts): GrantPlan {
  const configured = config.agents[agent.name];
  return planGrants({
    agent: agent.name,
    candidates: agent.secrets,
    configured: configured ?? { secrets: [], secret_files: [], required_secrets: [] },
    ...facts.secrets,
  });
}

function limitWish({ limits }: RunOptions, config: Config): LimitWish {
  return {
    memory: limits.memory ?? config.limits.memory,
    cpus: limits.cpus ?? config.limits.cpus,
    pids: limits.pids ?? config.limits.pids,
    openFiles: limits.openFiles ?? config.limits.open_files,
  };
}

/** What is missing and goes with a warning. Errors: failed_precondition for a preset that refuses */
function acceptedShortfalls(preset: Preset, table: readonly Enforced[]): readonly string[] {
  const missing = shortfalls(preset, table);
  if (missing.length === 0 || preset.shortfall === 'warn') {
    return missing.map(({ aspect, detail }) => `this host cannot keep ${aspect}: ${detail}`);
  }
  const walls = missing.map(({ aspect, level, detail }) => `${aspect}: ${level} (${detail})`);
  throw new CtError('failed_precondition', `the preset '${preset.name}' cannot be kept here`, {
    hint: [...walls, REMEDY[missing[0]?.aspect ?? ''] ?? LESSER].join('\n'),
  });
}

/** A limit that the user himself named and that cannot be set is never dropped in silence. */
function unsetLimits(wish: LimitWish, limits: Limits): readonly string[] {
  const unset = [
    ...(wish.memory !== 0 && limits.memoryBytes === undefined ? ['memory'] : []),
    ...(wish.cpus !== 0 && limits.cpus === undefined ? ['cpus'] : []),
  ];
  return unset.map((name) => `this host cannot set the limit '${name}': it is not in force`);
}

const LESSER = "'ct sys doctor' says what this host lacks; --preset standard only warns";

/** What to type for the walls that a choice of the user's own brought down. */
const REMEDY: Readonly<Record<string, string>> = {
  network: 'add -n offline',
  seccomp: "take back 'unconfined', or add --preset standard, which only warns",
};
