import { closeSync, existsSync, fstatSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { CtError, isCtError } from '../../base/errors.ts';
import type { Report } from '../../base/report.ts';
import { printable } from '../../base/text.ts';
import { templatePath } from '../../host/assets.ts';
import { startDetached, systemPath } from '../../host/exec.ts';
import { ensurePrivateDir, writeFileAtomic } from '../../host/files.ts';
import { findProgram } from '../../host/find-program.ts';
import { lastWords, openServiceLog } from '../../host/service-log.ts';
import { requireSubids } from '../../host/subids.ts';
import { isListening } from './discover.ts';
import { engineError } from './errors.ts';

/** Where a daemon of ct's own lives. */
export interface OwnDaemon {
  /** Sockets, state, FIFOs; in memory */
  readonly runDir: string;
  /** Layers and records; on disk */
  readonly dataDir: string;
  readonly logPath: string;
  readonly socket: string;
}

/** What it is started with. */
export interface DaemonWish {
  readonly daemon: OwnDaemon;
  readonly env: NodeJS.ProcessEnv;
  /** Without a container or a client for this long it leaves; 0 for never */
  readonly idleSeconds: number;
  readonly report: Report;
}

const START_MS = 20_000;
const POLL_MS = 15;
const AGAIN_MS = 100;

/** The places of ct's own daemon. */
export function ownDaemon(dirs: {
  readonly runtimeDir: string;
  readonly stateDir: string;
  readonly dataDir: string;
}): OwnDaemon {
  const runDir = `${dirs.runtimeDir}/ct/containerd`;
  return {
    runDir,
    dataDir: `${dirs.dataDir}/containerd`,
    logPath: `${dirs.stateDir}/logs/containerd.log`,
    socket: `${runDir}/state/containerd.sock`,
  };
}

/**
 * Starts containerd for the user, in a user namespace by rootlesskit, and waits until it listens. It has
 * the host's network, since it needs none: each container has its own. The caller holds the lock.
 *
 * Errors: unavailable without rootlesskit or containerd, or with its last words · deadline_exceeded ·
 * failed_precondition without subordinate ids
 */
export async function startDaemon(wish: DaemonWish): Promise<void> {
  requireSubids();
  const { daemon } = wish;
  for (const dir of [daemon.runDir, `${daemon.runDir}/state`, daemon.dataDir])
    ensurePrivateDir(dir);
  ensurePrivateDir(daemon.logPath.slice(0, daemon.logPath.lastIndexOf('/')));
  const config = `${daemon.runDir}/config.toml`;
  writeFileAtomic(config, daemonConfig(daemon));
  const log = openServiceLog(daemon.logPath);
  try {
    requirePrograms(wish.env);
    for (const until = performance.now() + START_MS; ;) {
      const begin = fstatSync(log).size;
      const failed = await startOnce(wish, config, log, until);
      if (failed === undefined) return;
      const words = lastWords(daemon.logPath, begin);
      // One that was just killed or leaves for idleness has not quite gone yet.
      if (failed === 'late' || !STILL_THERE.test(words)) throw failure(daemon, failed, words);
      await sleep(AGAIN_MS);
    }
  } finally {
    closeSync(log);
  }
}

/** Source: rootlesskit pkg/parent/parent.go, the lock of its state directory */
const STILL_THERE = /another RootlessKit is running/u;

/** One try; `undefined` when it listens. */
async function startOnce(
  { daemon, env, idleSeconds, report }: DaemonWish,
  config: string,
  log: number,
  until: number,
): Promise<'ended' | 'late' | undefined> {
  const args = daemonArguments(daemon, config, idleSeconds, isHybrid());
  const program = { program: 'rootlesskit', args, env: daemonEnvironment(env) };
  const started = await startDetached(program, log).catch(noRootlesskit);
  report.verbose(`started containerd by rootlesskit (pid ${started.pid})`);
  let ended = false;
  void started.ended.then(() => (ended = true));
  while (performance.now() < until) {
    if (await isListening(daemon.socket)) return undefined;
    if (ended) return 'ended';
    await sleep(POLL_MS);
  }
  // It leads a process group of its own: whoever it started waits with it.
  if (!ended) process.kill(-started.pid, 'SIGKILL');
  return 'late';
}

function failure(daemon: OwnDaemon, how: 'ended' | 'late', words: string): CtError {
  if (how === 'ended') return engineError('start containerd', words, 'unavailable');
  return new CtError('deadline_exceeded', 'containerd does not begin to listen', {
    hint: `see ${printable(daemon.logPath)}; another one may hold ${printable(daemon.dataDir)}`,
  });
}

/** Plugins that are of no use here are off: it then starts in a few dozen milliseconds. */
function daemonConfig({ runDir, dataDir, socket }: OwnDaemon): string {
  const off = [
    ...['io.containerd.grpc.v1.cri', 'io.containerd.snapshotter.v1.aufs'],
    ...['io.containerd.snapshotter.v1.btrfs', 'io.containerd.snapshotter.v1.zfs'],
    ...['io.containerd.snapshotter.v1.devmapper', 'io.containerd.internal.v1.opt'],
    ...['io.containerd.tracing.processor.v1.otlp', 'io.containerd.internal.v1.tracing'],
  ];
  return [
    'version = 2',
    `root = ${JSON.stringify(dataDir)}`,
    `state = ${JSON.stringify(`${runDir}/state`)}`,
    `disabled_plugins = ${JSON.stringify(off)}`,
    '[grpc]',
    `  address = ${JSON.stringify(socket)}`,
    '',
  ].join('\n');
}

/** Arguments of rootlesskit(1), and behind them the script's. */
export function daemonArguments(
  { runDir, socket }: OwnDaemon,
  config: string,
  idleSeconds: number,
  hybrid: boolean,
): readonly string[] {
  return [
    ...[`--state-dir=${runDir}/rootlesskit`, '--net=host', '--copy-up=/run'],
    // crun refuses a hybrid layout; in a cgroup namespace a pure one can be mounted over it.
    ...(hybrid ? ['--cgroupns'] : []),
    ...['/bin/sh', templatePath('containerd-child.sh')],
    ...[`${runDir}/state`, config, socket, String(idleSeconds), hybrid ? 'cgroup2' : 'keep'],
  ];
}

/** Nothing of the user's environment but where things are: what the daemon knows may come inside. */
function daemonEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = ['HOME', 'USER', 'LOGNAME', 'LANG', 'XDG_RUNTIME_DIR', 'TMPDIR'];
  return {
    ...Object.fromEntries(kept.map((name) => [name, env[name]]).filter(([, value]) => value)),
    PATH: systemPath(env['PATH']),
  };
}

function isHybrid(): boolean {
  return !existsSync('/sys/fs/cgroup/cgroup.controllers');
}

function requirePrograms(env: NodeJS.ProcessEnv): void {
  const needed = ['rootlesskit', 'containerd', 'containerd-shim-runc-v2', 'newuidmap'];
  const missing = needed.filter((name) => findProgram(name, env) === undefined);
  if (missing.length > 0) noPrograms(missing);
}

function noPrograms(missing: readonly string[], cause?: unknown): never {
  throw new CtError('unavailable', `containerd cannot be started: ${missing.join(', ')} missing`, {
    hint: 'install it: sudo apt install containerd rootlesskit uidmap crun slirp4netns',
    cause,
  });
}

function noRootlesskit(thrown: unknown): never {
  if (!isCtError(thrown, 'not_found')) throw thrown;
  return noPrograms(['rootlesskit'], thrown);
}
