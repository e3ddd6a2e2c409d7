import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  readFileSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { release, userInfo } from 'node:os';
import { resolvePaths } from '../host/paths.ts';
import type { CgroupFacts, DeviceState, EngineFacts, HostFacts, RuntimeDirFacts } from './facts.ts';
import { findPrograms } from '../host/find-program.ts';
import { networkFileSystemOf } from '../host/network-fs.ts';
import { runQuietly } from './programs.ts';
import { probeService } from './service.ts';
import { plainSwapAreas } from './swap.ts';
import { probeSubids } from './subids.ts';

/** Source: linux/magic.h, statfs(2) */
const TMPFS_MAGIC = 0x01021994;
const RAMFS_MAGIC = 0x858458f6;

const PROGRAMS = [
  ...['podman', 'crun', 'runc', 'newuidmap', 'newgidmap', 'pasta', 'slirp4netns'],
  ...['nft', 'perl'],
  ...['containerd', 'containerd-shim-runc-v2', 'rootlesskit', 'nsenter'],
  ...['fuse-overlayfs', 'mmdebstrap', 'unshare', 'getcap'],
];

/** Reads everything that the checks judge; what cannot be read is left open, never an error. */
export async function probeHost(input: {
  readonly env: NodeJS.ProcessEnv;
  readonly uid: number;
  /** Directories whose free space matters */
  readonly storagePaths: readonly string[];
  readonly engine: EngineFacts;
}): Promise<HostFacts> {
  const { env, uid, engine } = input;
  const programs = findPrograms(PROGRAMS, env);
  const name = accountName(uid);
  const graphRoot = engine.state === 'asked' ? [engine.info.graphRoot] : [];
  return {
    account: { uid, name },
    nodeVersion: process.version,
    nodeStart: probeNodeStart(process.execArgv, process.config.variables),
    kernelRelease: release(),
    userns: {
      max: readNumber('/proc/sys/user/max_user_namespaces'),
      cloneSwitch: readNumber('/proc/sys/kernel/unprivileged_userns_clone'),
      apparmorSwitch: readNumber('/proc/sys/kernel/apparmor_restrict_unprivileged_userns'),
    },
    subids: await probeSubids({ account: name, uid, programs, env }),
    cgroup: probeCgroup(),
    hasSeccomp: probeSeccomp(),
    devices: { tun: probeDevice('/dev/net/tun'), fuse: probeDevice('/dev/fuse') },
    programs,
    podmanVersion: await podmanVersion(programs['podman'], env),
    runtimeDir: probeRuntimeDir(env['XDG_RUNTIME_DIR'], uid),
    networkFs: {
      home: networkFileSystemOf(env['HOME'] ?? '/'),
      containers: graphRoot.map((path) => networkFileSystemOf(path)).at(0),
    },
    hasSystemd: existsSync('/run/systemd/system'),
    isLingering: existsSync('/run/systemd/system')
      ? existsSync(`/var/lib/systemd/linger/${name}`)
      : undefined,
    service: await probeService(env, uid),
    plainSwap: plainSwapAreas(),
    freeBytes: leastFree([...input.storagePaths, ...graphRoot]),
    engine,
  };
}

function accountName(uid: number): string {
  try {
    return userInfo().username;
  } catch {
    return String(uid);
  }
}

async function podmanVersion(
  path: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  if (path === undefined) return undefined;
  // Without a runtime directory even this makes Podman leave directories in /tmp.
  const runtimeDir = env['XDG_RUNTIME_DIR'] ?? ownRuntimeDir(env);
  const text = await runQuietly(path, ['--version'], { ...env, XDG_RUNTIME_DIR: runtimeDir });
  return /(\d+\.\d+[\w.+-]*)/u.exec(text ?? '')?.[1];
}

function ownRuntimeDir(env: NodeJS.ProcessEnv): string | undefined {
  try {
    return resolvePaths(env, process.getuid?.() ?? 0).runtimeDir;
  } catch {
    return undefined;
  }
}

/** Source: cgroups(7): a unified hierarchy has cgroup.controllers at its root */
function probeCgroup(): CgroupFacts {
  const root = '/sys/fs/cgroup';
  if (existsSync(`${root}/cgroup.controllers`)) {
    const own = /^0::(.*)$/mu.exec(readText('/proc/self/cgroup') ?? '')?.[1] ?? '/';
    const controllers = readText(`${root}${own}/cgroup.controllers`) ?? '';
    return { layout: 'v2', controllers: controllers.split(/\s+/u).filter((word) => word !== '') };
  }
  if (existsSync(`${root}/unified`)) return { layout: 'hybrid', controllers: [] };
  return { layout: existsSync(`${root}/memory`) ? 'v1' : 'none', controllers: [] };
}

/** Source: proc_sys_kernel(5), seccomp(2) */
function probeSeccomp(): boolean | undefined {
  const actions = readText('/proc/sys/kernel/seccomp/actions_avail');
  if (actions !== undefined) return actions.includes('errno');
  const status = readText('/proc/self/status');
  return status === undefined ? undefined : /^Seccomp:/mu.test(status);
}

function probeDevice(path: string): DeviceState {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isCharacterDevice() !== true) return 'missing';
  if (process.getuid?.() === 0) return (stat.mode & 0o006) === 0o006 ? 'usable' : 'forbidden';
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return 'usable';
  } catch {
    return 'forbidden';
  }
}

/** What others may do with the directory for sockets and secrets, and whose it is. */
export function probeRuntimeDir(variable: string | undefined, uid: number): RuntimeDirFacts {
  if (variable === undefined || variable === '') {
    return { variable: undefined, state: 'missing', isInMemory: undefined };
  }
  const stat = lstatSync(variable, { throwIfNoEntry: false });
  if (stat?.isDirectory() !== true) return { variable, state: 'missing', isInMemory: undefined };
  const state = stat.uid !== uid ? 'foreign' : isOpen(stat.mode) ? 'open' : 'own';
  return { variable, state, isInMemory: isInMemory(variable) };
}

/**
 * Podman lets others pass through it (0711) when it maps ids, and leaves it so: what is in it has modes of its own.
 *
 * Source: podman libpod/container_internal_linux.go, makeAccessible; podman issue 4846
 */
function isOpen(mode: number): boolean {
  return (mode & 0o066) !== 0;
}

function isInMemory(path: string): boolean | undefined {
  try {
    const { type } = statfsSync(path);
    return type === TMPFS_MAGIC || type === RAMFS_MAGIC;
  } catch {
    return undefined;
  }
}

function leastFree(paths: readonly string[]): number | undefined {
  const free = paths.flatMap((path) => {
    try {
      const { bavail, bsize } = statfsSync(existingParent(path));
      return [bavail * bsize];
    } catch {
      return [];
    }
  });
  return free.length === 0 ? undefined : Math.min(...free);
}

function existingParent(path: string): string {
  if (path === '' || existsSync(path)) return path || '/';
  return existingParent(path.slice(0, path.lastIndexOf('/')));
}

function readNumber(path: string): number | undefined {
  const text = readText(path);
  return text === undefined ? undefined : Number(text);
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** Source: configure.py of Node (--without-node-snapshot); setup/snapshot.mjs makes the other one */
export function probeNodeStart(
  flags: readonly string[],
  variables: object,
): HostFacts['nodeStart'] {
  if (flags.some((flag) => flag.startsWith('--snapshot-blob'))) return 'snapshot';
  const { node_use_node_snapshot: hasOwn } = variables as Readonly<Record<string, unknown>>;
  return hasOwn === false ? 'nothing' : 'itself';
}
