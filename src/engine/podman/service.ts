import { closeSync, existsSync, fstatSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { CtError, isCtError } from '../../base/errors.ts';
import type { Report } from '../../base/report.ts';
import { printable } from '../../base/text.ts';
import { runProgram, startDetached, systemPath } from '../../host/exec.ts';
import { ensurePrivateDir } from '../../host/files.ts';
import { findProgram } from '../../host/find-program.ts';
import { withLock } from '../../host/lock.ts';
import { lastWords, openServiceLog } from '../../host/service-log.ts';
import { requireSubids } from '../../host/subids.ts';
import { ignoresMountGuards } from '../crun.ts';
import { connectTo, type Address, type Caller } from './discover.ts';
import { engineError } from './errors.ts';

/** What a service of our own is started with. */
export interface ServiceWish {
  readonly address: Address;
  readonly caller: Caller;
  readonly env: NodeJS.ProcessEnv;
  readonly runtimeDir: string;
  readonly stateDir: string;
  /** Without a request for this long it leaves; 0 for never */
  readonly idleSeconds: number;
  readonly report: Report;
}

const START_MS = 10_000;
const POLL_MS = 15;

/**
 * Variables that the service gets: where the user's files are, how Podman is configured, how the
 * network is reached. Never the rest: what the service knows may come to be known inside.
 */
const SERVICE_VARIABLES: readonly string[] = [
  ...['HOME', 'USER', 'LOGNAME', 'LANG', 'LC_ALL', 'TMPDIR', 'DBUS_SESSION_BUS_ADDRESS'],
  ...['XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_CACHE_HOME'],
  ...['CONTAINERS_CONF', 'CONTAINERS_CONF_OVERRIDE', 'CONTAINERS_STORAGE_CONF'],
  ...['CONTAINERS_REGISTRIES_CONF', 'STORAGE_DRIVER', 'STORAGE_OPTS', 'REGISTRY_AUTH_FILE'],
  ...['http_proxy', 'https_proxy', 'no_proxy', 'all_proxy'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY'],
  ...['SSL_CERT_FILE', 'SSL_CERT_DIR'],
];

/** The environment of a service of ours. */
export function serviceEnvironment(
  env: NodeJS.ProcessEnv,
  runtimeDir: string,
): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of SERVICE_VARIABLES) {
    const value = env[name];
    if (value !== undefined) kept[name] = value;
  }
  return { ...kept, PATH: systemPath(env['PATH']), XDG_RUNTIME_DIR: runtimeDir };
}

/**
 * Asks the user's systemd to listen on Podman's socket. Returns whether it said yes; a host without
 * systemd, or without the unit, is no error.
 */
export async function startSocketUnit(
  env: NodeJS.ProcessEnv,
  runtimeDir: string,
): Promise<boolean> {
  if (!existsSync(`${runtimeDir}/systemd/private`)) return false;
  try {
    const { exitStatus } = await runProgram(
      {
        program: 'systemctl',
        args: ['--user', '--quiet', 'start', 'podman.socket'],
        env: serviceEnvironment(env, runtimeDir),
      },
      { deadlineMs: 5_000 },
    );
    return exitStatus === 0;
  } catch (thrown) {
    if (isCtError(thrown)) return false;
    throw thrown;
  }
}

/**
 * Starts `podman system service` for the user and connects to it. Twenty processes that come here at
 * once start one service.
 *
 * Errors: unavailable when there is no podman, or its service ended at once (with its last words) ·
 * deadline_exceeded when it does not listen in time · failed_precondition without subordinate ids
 */
export async function startService(wish: ServiceWish): Promise<Socket> {
  const lock = { dir: ensurePrivateDir(`${wish.runtimeDir}/ct`), name: 'podman-service' };
  const signal = AbortSignal.timeout(START_MS * 2);
  return withLock(lock, { signal }, async () => {
    const running = await connectTo(wish.address, wish.caller);
    return running ?? (await launch(wish));
  });
}

async function launch(wish: ServiceWish): Promise<Socket> {
  requireSubids();
  const { address } = wish;
  const logPath = `${ensurePrivateDir(`${wish.stateDir}/logs`)}/podman-service.log`;
  const log = openServiceLog(logPath);
  try {
    const begin = fstatSync(log).size;
    rmSync(address.path, { force: true });
    const service = await startDetached(
      {
        program: 'podman',
        args: serviceArguments(wish, await isCrunUnfit(wish.env)),
        env: serviceEnvironment(wish.env, wish.runtimeDir),
      },
      log,
    ).catch(noPodman);
    wish.report.verbose(`started podman system service (pid ${service.pid}) at ${address.path}`);
    let ended = false;
    void service.ended.then(() => (ended = true));
    for (const until = performance.now() + START_MS; performance.now() < until;) {
      const socket = await connectTo(address, wish.caller);
      if (socket !== undefined) return socket;
      if (ended)
        throw engineError('start the podman service', {
          status: 503,
          text: lastWords(logPath, begin),
        });
      await sleep(POLL_MS);
    }
    throw new CtError('deadline_exceeded', 'the podman service does not begin to listen', {
      hint: `see ${printable(logPath)}`,
    });
  } finally {
    closeSync(log);
  }
}

/**
 * Arguments of the service; only the service as a whole can be told which runtime to use (4.3 ignores
 * `oci_runtime` in a create request).
 */
export function serviceArguments(
  wish: Pick<ServiceWish, 'address' | 'idleSeconds' | 'env'>,
  crunIsUnfit: boolean,
): readonly string[] {
  const runc = crunIsUnfit ? findProgram('runc', wish.env) : undefined;
  return [
    ...(runc === undefined ? [] : ['--runtime', 'runc']),
    'system',
    'service',
    '--time',
    String(wish.idleSeconds),
    `unix://${wish.address.path}`,
  ];
}

/**
 * Whether Debian's default runtime, crun, would not do: it refuses a cgroup layout that is not purely v2,
 * and an old one does not mount as it is told.
 */
async function isCrunUnfit(env: NodeJS.ProcessEnv): Promise<boolean> {
  if (!existsSync('/sys/fs/cgroup/cgroup.controllers')) return true;
  const crun = findProgram('crun', env);
  if (crun === undefined) return false;
  const asked = { program: crun, args: ['--version'], env: {} };
  const { stdout } = await runProgram(asked, { deadlineMs: 5_000 });
  return ignoresMountGuards(stdout);
}

function noPodman(thrown: unknown): never {
  if (!isCtError(thrown, 'not_found')) throw thrown;
  throw new CtError('unavailable', 'there is no podman on this host', {
    hint: 'install it: sudo apt install podman uidmap slirp4netns',
    cause: thrown,
  });
}
