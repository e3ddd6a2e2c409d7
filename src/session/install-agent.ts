import { randomBytes } from 'node:crypto';
import { rmSync, statSync } from 'node:fs';
import type { Agent } from '../agents/agent.ts';
import { CtError } from '../base/errors.ts';
import { PACKAGES_VOLUME } from '../base/layout.ts';
import type { ContainerSpec, Engine, VolumeInfo } from '../engine/engine.ts';
import { readTemplate } from '../host/assets.ts';
import { ensureBelow } from '../host/files.ts';
import { withLentFiles } from '../host/lent-files.ts';
import { withLock } from '../host/lock.ts';
import { readPins } from '../host/pins.ts';
import { readNpmSettings } from '../host/npm-settings.ts';
import { hostAuthorities } from '../host/authorities.ts';
import { isSelinuxEnforcing } from '../host/selinux.ts';
import { hostProxies } from '../host/surroundings.ts';
import { withVersion } from '../plan/agents.ts';
import { planInstall, type InstallWish, type Recipe } from '../plan/install.ts';
import { LABEL } from '../plan/labels.ts';
import type { SessionContext } from './context.ts';
import { resolveImage } from './image.ts';
import { openLongLog, runStep } from './long-log.ts';
import { installFailure } from './install-failure.ts';
import { hasProgram } from './packages.ts';
import { runToEnd } from './run-installer.ts';
import { ensureDefaultSeccomp } from './seccomp.ts';

type Installable = Agent & { readonly install: Recipe };

/**
 * Installs under the agent's lock, unless another process did while this one waited. With `again` also
 * over one that is there, which stays until the new one has started.
 */
export async function installAgent(
  wanted: Agent,
  context: SessionContext,
  signal: AbortSignal | undefined,
  again = false,
): Promise<void> {
  const agent = pinned(wanted, context);
  if (!isInstallable(agent)) return;
  const engine = await context.engine();
  const lock = { dir: context.paths.stateDir, name: `install-${agent.name}` };
  const onWait = (): void => {
    context.report.note(`another ct is installing ${agent.title}: waiting for it`);
  };
  await withLock(lock, { ...(signal && { signal }), onWait }, async () => {
    const volume = await ensureVolume(engine, context);
    if (!again && hasProgram(agent, volume.path)) return;
    await installLogged({
      agent,
      engine,
      context,
      lentName: `${lock.name}-${context.instance()}`,
      volume,
      signal,
    });
    if (!hasProgram(agent, volume.path)) throw notSeen(agent, volume.path);
  });
}

/**
 * The packages volume, owned by the user. One that a foreign image was mounted over first belongs to
 * that image's owner of the directory: it cannot be used and holds nothing of ours, so it is made anew.
 */
export async function ensureVolume(engine: Engine, context: SessionContext): Promise<VolumeInfo> {
  const labels = { [LABEL.instance]: context.instance(), [LABEL.kind]: 'packages' };
  const volume = await engine.volumes.ensure(PACKAGES_VOLUME, labels);
  if (statSync(volume.path).uid === process.getuid?.()) return volume;
  await engine.volumes.remove(PACKAGES_VOLUME);
  return engine.volumes.ensure(PACKAGES_VOLUME, labels);
}

function isInstallable(agent: Agent): agent is Installable {
  return agent.install.kind !== 'none';
}

async function installLogged(parts: {
  readonly agent: Installable;
  readonly engine: Engine;
  readonly context: SessionContext;
  readonly lentName: string;
  readonly volume: VolumeInfo;
  readonly signal: AbortSignal | undefined;
}): Promise<void> {
  const { agent, engine, context, lentName, volume, signal } = parts;
  const run = randomBytes(4).toString('hex');
  const { env, paths, report } = context;
  const log = openLongLog({
    stateDir: paths.stateDir,
    operation: `install-${agent.name}`,
    retentionDays: context.config.logs.retention_days,
    now: new Date(),
  });
  try {
    await runStep(
      `installing ${agent.title} from ${placeOf(agent.install)}`,
      { report, log },
      async (onLine) => {
        const npm = await readNpmSettings(env);
        const proxies = Object.entries(hostProxies(env)).map(
          ([name, value]) => `${name}=${value}\n`,
        );
        const files = {
          'install-agent.sh': readTemplate('install-agent.sh'),
          'newest-for-node.sh': readTemplate('newest-for-node.sh'),
          npmrc: npm.npmrc,
          environment: proxies.join(''),
        };
        const authorities = await hostAuthorities(env, paths.stateDir, npm.caFiles);
        const seccomp = await ensureDefaultSeccomp(paths);
        const ownDir = ensureBelow(volume.path, agent.name);
        await withLentFiles({ runtimeDir: paths.runtimeDir, name: lentName, files }, (lentDir) => {
          const spec = planFor(agent, context, { lentDir, authorities, ownDir, run, seccomp });
          return runToEnd(spec, { engine, onLine, signal }).then(({ status, lines }) => {
            if (status !== 0) throw installFailure(agent.title, status, lines);
          });
        });
      },
    );
  } finally {
    removeHalfMade(`${volume.path}/${agent.name}`, run);
    log.close();
  }
}

/** In the version that the user pinned, unless his configuration names one. */
function pinned(agent: Agent, context: SessionContext): Agent {
  if (agent.install.kind !== 'npm' || !['*', 'latest'].includes(agent.install.version))
    return agent;
  return withVersion(agent, readPins(context.paths.dataDir)[agent.name]);
}

/** Where it comes from, in a word. */
function placeOf(recipe: Recipe): string {
  return recipe.kind === 'npm' ? 'npm' : new URL(recipe.url).hostname;
}

/** The script removes what it began, but not when its container is taken away under it. */
function removeHalfMade(dir: string, run: string): void {
  try {
    for (const name of [`.staging-${run}`, `.current-${run}`]) {
      rmSync(`${dir}/${name}`, { recursive: true, force: true, maxRetries: 3 });
    }
  } catch {
    // The next installation looks for old ones.
  }
}

function planFor(
  agent: Installable,
  context: SessionContext,
  wish: Pick<InstallWish, 'lentDir' | 'authorities' | 'ownDir' | 'run' | 'seccomp'>,
): ContainerSpec {
  return planInstall({
    agent: agent.name,
    install: agent.install,
    command: agent.command,
    imageReference: resolveImage(context.config, context.paths).reference,
    ...wish,
    relabel: isSelinuxEnforcing(),
    instance: context.instance(),
    owner: context.owner,
    ctVersion: context.ctVersion,
  });
}

function notSeen(agent: Agent, path: string): CtError {
  return new CtError('failed_precondition', `${agent.title} was installed but is not to be seen`, {
    hint: `the engine keeps its volumes at ${path}: your account must be able to read it`,
  });
}
