import { readlinkSync, renameSync, rmSync, existsSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import type { Agent } from '../agents/agent.ts';
import { CtError } from '../base/errors.ts';
import { PACKAGES_VOLUME } from '../base/layout.ts';
import { readPins, writePin } from '../host/pins.ts';
import { agentsOf, findAgent, isYolo } from '../plan/agents.ts';
import type { SessionContext } from './context.ts';
import { listSessions } from './list.ts';
import { isLoggedIn } from './login.ts';

/** An agent as `ct agents` shows it; `null` is what could not be told or was not asked. */
export interface AgentInfo {
  readonly name: string;
  readonly title: string;
  /** Version in the packages volume */
  readonly installed: string | null;
  /** Newest version that npm has */
  readonly latest: string | null;
  readonly pinned: string | null;
  /** Whether its home holds a login */
  readonly isLoggedIn: boolean | null;
  readonly isYolo: boolean;
}

/** Every agent of this user. `check` asks npm for the newest versions. */
export async function listAgents(
  context: SessionContext,
  options: { readonly check: boolean; readonly withEngine: boolean },
): Promise<readonly AgentInfo[]> {
  const volume = options.withEngine ? await volumeForList(context) : undefined;
  const pins = readPins(context.paths.dataDir);
  const agents = [...agentsOf(context.config).values()];
  const newest = options.check ? await newestVersions(agents, context) : new Map<string, string>();
  return agents.map((agent) => ({
    name: agent.name,
    title: agent.title,
    installed: volume === undefined ? null : (installedVersion(agent.name, volume) ?? null),
    latest: newest.get(agent.name) ?? null,
    pinned: pins[agent.name] ?? null,
    isLoggedIn: isLoggedIn(agent, context),
    isYolo: isYolo(agent.name, context.config),
  }));
}

async function newestVersions(
  agents: readonly Agent[],
  context: SessionContext,
): Promise<ReadonlyMap<string, string>> {
  const { askNewest } = await import('../host/newest.ts');
  const step = context.report.step('asking npm for the newest versions');
  try {
    const packages = agents.flatMap(({ name, install }) =>
      install.kind === 'npm' ? [{ name, package: install.package }] : [],
    );
    return await askNewest(packages, context.env);
  } finally {
    step.done();
  }
}

/** A list is of use without an engine too; what is installed is then not known. */
async function volumeForList(context: SessionContext): Promise<string | undefined> {
  try {
    return await volumePath(context);
  } catch (thrown) {
    context.report.warn(`what is installed cannot be told: ${CtError.from(thrown).message}`);
    return undefined;
  }
}

/** Where the volume is on the host; `undefined` before anything was installed. */
async function volumePath(context: SessionContext): Promise<string | undefined> {
  const engine = await context.engine();
  return (await engine.volumes.inspect(PACKAGES_VOLUME))?.path;
}

/** The version that `current` points to. Source: templates/install-agent.sh */
function installedVersion(name: string, volume: string): string | undefined {
  try {
    return readlinkSync(`${volume}/${name}/current`).replace(/\+[0-9a-f]{8}$/u, '');
  } catch {
    return undefined;
  }
}

/** What became of one agent. */
export interface AgentChange {
  readonly name: string;
  readonly from: string | null;
  readonly to: string | null;
  /** Of a change of its pin: the version that it stays at now, `null` for none */
  readonly pinned?: string | null;
}

/**
 * Installs agents, and over those that are there. Each change is whole or nothing; the first failure
 * ends it.
 *
 * Errors: those of `installAgent`
 */
export async function installAgents(
  names: readonly string[],
  context: SessionContext,
  again: boolean,
): Promise<readonly AgentChange[]> {
  const { interruptible } = await import('./interrupt.ts');
  const [{ ensureImage }, { installAgent }] = await Promise.all([
    import('./image.ts'),
    import('./install-agent.ts'),
  ]);
  const agents = names.map((name) => installable(name, context));
  const interrupt = interruptible();
  const changes: AgentChange[] = [];
  try {
    await ensureImage(context, interrupt.signal);
    for (const agent of agents) {
      const from = await versionOf(agent, context);
      await installAgent(agent, context, interrupt.signal, again);
      changes.push({ name: agent.name, from, to: await versionOf(agent, context) });
    }
    return changes;
  } finally {
    interrupt.release();
  }
}

function installable(name: string, context: SessionContext): Agent {
  const agent = findAgent(name, context.config);
  if (agent.install.kind !== 'none') return agent;
  throw new CtError('invalid_argument', `${name} has nothing to install: the image has it`);
}

async function versionOf(agent: Agent, context: SessionContext): Promise<string | null> {
  const volume = await volumePath(context);
  return volume === undefined ? null : (installedVersion(agent.name, volume) ?? null);
}

/** The installed ones that have a newer version and no pin. */
export async function outdatedAgents(context: SessionContext): Promise<readonly string[]> {
  const list = await listAgents(context, { check: true, withEngine: true });
  return list.flatMap(({ name, installed, latest, pinned }) =>
    installed !== null && pinned === null && latest !== installed ? [name] : [],
  );
}

/** Installs the newest version of those named, or of all that are installed and not pinned, where it is newer. */
export async function updateAgents(
  names: readonly string[],
  context: SessionContext,
): Promise<readonly AgentChange[]> {
  for (const name of names) installable(name, context);
  const list = await listAgents(context, { check: true, withEngine: true });
  const wanted = list.filter(({ name, installed, pinned }) =>
    names.length > 0 ? names.includes(name) : installed !== null && pinned === null,
  );
  const outdated = wanted.filter(
    ({ installed, latest, pinned }) =>
      (pinned ?? latest) === null || (pinned ?? latest) !== installed,
  );
  for (const { name } of wanted.filter((info) => !outdated.includes(info))) {
    context.report.note(`${name} is up to date`);
  }
  return installAgents(
    outdated.map(({ name }) => name),
    context,
    true,
  );
}

/**
 * Takes an agent out of the packages volume; with `home` also its home, with its logins.
 *
 * Errors: failed_precondition while one of its sessions runs
 */
export async function removeAgent(
  name: string,
  context: SessionContext,
  options: { readonly home: boolean },
): Promise<AgentChange> {
  const agent = findAgent(name, context.config);
  const running = (await listSessions(context)).filter((session) => session.agent === agent.name);
  if (running.length > 0) {
    const ids = running.map(({ id }) => id).join(' ');
    throw new CtError('failed_precondition', `${name} is at work: ${ids}`, {
      hint: `end it first:  ct stop ${ids}`,
    });
  }
  const volume = await volumePath(context);
  const from = volume === undefined ? undefined : installedVersion(agent.name, volume);
  if (volume !== undefined) removeWhole(`${volume}/${agent.name}`);
  if (options.home) removeWhole(`${context.paths.dataDir}/homes/${agent.name}`);
  return { name: agent.name, from: from ?? null, to: null };
}

/** Gone in one step, so that a run never meets half of it. */
function removeWhole(dir: string): void {
  if (!existsSync(dir)) return;
  const aside = `${dir}.removed-${randomBytes(4).toString('hex')}`;
  renameSync(dir, aside);
  rmSync(aside, { recursive: true, force: true, maxRetries: 3 });
}

/**
 * Keeps an agent at a version (the installed one, if none is named), installing it where another is
 * there; `undefined` lets it go again.
 *
 * Errors: failed_precondition when there is no version to keep
 */
export async function pinAgent(
  name: string,
  wish: { readonly version: string | undefined; readonly off: boolean },
  context: SessionContext,
): Promise<AgentChange> {
  const agent = installable(name, context);
  const from = await versionOf(agent, context);
  if (wish.off) {
    writePin(context.paths.dataDir, agent.name, undefined);
    return { name, from, to: from, pinned: null };
  }
  if (agent.install.kind !== 'npm') {
    throw new CtError('failed_precondition', `${name} has one version only: its digest is pinned`);
  }
  const version = wish.version ?? from;
  if (version === null) {
    throw new CtError('failed_precondition', `${name} is not installed, so it has no version yet`, {
      hint: `name one:  ct agents pin ${name} 1.2.3`,
    });
  }
  const before = readPins(context.paths.dataDir)[agent.name];
  writePin(context.paths.dataDir, agent.name, version);
  if (version === from) return { name, from, to: from, pinned: version };
  try {
    const [change] = await installAgents([name], context, true);
    return { ...(change ?? { name, from, to: from }), pinned: version };
  } catch (thrown) {
    // A version that there isn't must not stay in the way.
    writePin(context.paths.dataDir, agent.name, before);
    throw thrown;
  }
}
