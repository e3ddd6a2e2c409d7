import { CtError } from '../../base/errors.ts';
import { MASKED_TOO } from '../../sandbox/masked-too.ts';
import type { Mount, SandboxSpec } from '../../sandbox/spec.ts';
import { keepId, type IdMap, type OciIdMapping } from './idmap.ts';
import type { LentFile } from './network.ts';

/** The parts of the runtime spec that ct writes. Source: opencontainers/runtime-spec config.md */
export interface OciSpec {
  readonly ociVersion: string;
  readonly process: OciProcess;
  readonly root: { readonly path: string; readonly readonly: boolean };
  readonly hostname: string;
  readonly mounts: readonly OciMount[];
  readonly linux: {
    readonly namespaces: readonly { readonly type: string }[];
    readonly uidMappings: readonly OciIdMapping[];
    readonly gidMappings: readonly OciIdMapping[];
    readonly maskedPaths: readonly string[];
    readonly readonlyPaths: readonly string[];
    readonly seccomp?: unknown;
  };
}

/** A process: PID 1 or an exec. */
export interface OciProcess {
  readonly terminal: boolean;
  readonly user: { readonly uid: number; readonly gid: number };
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly cwd: string;
  readonly capabilities: Readonly<Record<CapabilitySet, readonly string[]>>;
  readonly noNewPrivileges: boolean;
  readonly rlimits: readonly OciRlimit[];
}

interface OciRlimit {
  readonly type: string;
  readonly hard: number;
  readonly soft: number;
}

type CapabilitySet = 'bounding' | 'effective' | 'inheritable' | 'permitted' | 'ambient';

interface OciMount {
  readonly destination: string;
  readonly type: string;
  readonly source: string;
  readonly options: readonly string[];
}

/** What a spec needs beside the sandbox. */
export interface OciSurroundings {
  /** Ids of the daemon's user namespace */
  readonly uids: IdMap;
  readonly gids: IdMap;
  /** The filter's content, already verified; `undefined` for none */
  readonly seccomp: unknown;
  /** Directory of a volume on the host */
  readonly volume: (name: string) => string;
  /** Files of the container's directory, lent to it */
  readonly files: readonly LentFile[];
}

/** The kernel's own, as every engine hides them; the agent has no use for any. */
const MASKED = [
  ...['/proc/acpi', '/proc/asound', '/proc/interrupts', '/proc/kcore', '/proc/keys'],
  ...['/proc/latency_stats', '/proc/sched_debug', '/proc/scsi', '/proc/timer_list'],
  ...['/proc/timer_stats', '/sys/firmware', '/sys/fs/selinux'],
];

const READ_ONLY = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

/**
 * The runtime spec of a sandbox. Total: every field is in it or refused.
 *
 * Errors: unsupported for what this engine cannot express · internal without a program
 */
export function ociSpec(sandbox: SandboxSpec, around: OciSurroundings): OciSpec {
  if (sandbox.args.length === 0)
    throw new CtError('internal', 'a container needs a program to run');
  refuseControlGroup(sandbox.limits);
  const isOnHostNetwork = sandbox.network.kind === 'host';
  return {
    ociVersion: '1.0.2',
    process: ociProcess(sandbox),
    root: { path: 'rootfs', readonly: sandbox.readOnlyRoot },
    hostname: sandbox.hostname,
    mounts: [
      ...kernelMounts(isOnHostNetwork, sandbox.limits.shmBytes),
      ...around.files.map(lentFile),
      ...sandbox.mounts.map((mount) => ociMount(mount, around.volume)),
    ],
    linux: {
      namespaces: ['pid', 'ipc', 'uts', 'mount', 'cgroup', 'user']
        .concat(isOnHostNetwork ? [] : ['network'])
        .map((type) => ({ type })),
      uidMappings: keepId(around.uids, sandbox.userns.uid),
      gidMappings: keepId(around.gids, sandbox.userns.gid),
      maskedPaths: [...MASKED, ...MASKED_TOO],
      readonlyPaths: READ_ONLY,
      ...(around.seccomp === undefined ? {} : { seccomp: around.seccomp }),
    },
  };
}

function ociProcess(sandbox: SandboxSpec): OciProcess {
  const kept = sandbox.capabilities;
  return {
    terminal: sandbox.terminal,
    user: { uid: sandbox.user.uid, gid: sandbox.user.gid },
    args: sandbox.args,
    env: envLines(sandbox.env),
    cwd: sandbox.cwd,
    capabilities: {
      bounding: kept,
      effective: kept,
      inheritable: [],
      permitted: kept,
      ambient: [],
    },
    noNewPrivileges: sandbox.noNewPrivileges,
    rlimits: sandbox.limits.process.map(({ name, value }) => ({
      type: `RLIMIT_${name.toUpperCase()}`,
      hard: value,
      soft: value,
    })),
  };
}

/** Containers here share the daemon's control group: a limit of one cannot be kept, so none is taken. */
function refuseControlGroup({ memoryBytes, cpus, pids }: SandboxSpec['limits']): void {
  if (memoryBytes === undefined && cpus === undefined && pids === undefined) return;
  throw new CtError('unsupported', 'ct sets no control group limits on containerd yet', {
    hint: 'leave out the limits of memory, cpus and pids, or use --engine podman',
  });
}

/** Variables as lines. */
export function envLines(env: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(env).map(([name, value]) => `${name}=${value}`);
}

function kernelMounts(isOnHostNetwork: boolean, shmBytes: number): readonly OciMount[] {
  const closed = ['nosuid', 'noexec', 'nodev'];
  return [
    mount('/proc', 'proc', 'proc', closed),
    mount('/dev', 'tmpfs', 'tmpfs', ['nosuid', 'strictatime', 'mode=755', 'size=65536k']),
    mount('/dev/pts', 'devpts', 'devpts', [
      ...['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620'],
    ]),
    mount('/dev/shm', 'tmpfs', 'shm', [...closed, 'mode=1777', `size=${shmBytes}`]),
    mount('/dev/mqueue', 'mqueue', 'mqueue', closed),
    // The kernel gives a new sysfs only to the owner of the network namespace.
    isOnHostNetwork
      ? mount('/sys', 'none', '/sys', ['rbind', 'ro', ...closed])
      : mount('/sys', 'sysfs', 'sysfs', [...closed, 'ro']),
  ];
}

function lentFile({ source, target }: LentFile): OciMount {
  return mount(target, 'bind', source, ['bind', 'ro', 'rprivate', 'nosuid', 'nodev']);
}

function mount(
  destination: string,
  type: string,
  source: string,
  options: readonly string[],
): OciMount {
  return { destination, type, source, options };
}

function ociMount(wish: Mount, volume: (name: string) => string): OciMount {
  switch (wish.kind) {
    case 'bind':
      if (wish.relabel === true) {
        throw new CtError('unsupported', 'ct does not give SELinux labels on containerd yet', {
          hint: 'use --engine podman on this host',
        });
      }
      return bind(wish.target, wish.source, wish.readOnly);
    case 'volume':
      return bind(wish.target, volume(wish.name), wish.readOnly);
    case 'tmpfs':
      return mount(wish.target, 'tmpfs', 'tmpfs', [
        ...['nosuid', 'nodev', ...(wish.exec ? [] : ['noexec'])],
        ...[`size=${wish.sizeBytes}`, `mode=${wish.modeOctal.toString(8)}`],
      ]);
  }
}

/**
 * The kernel refuses a plain bind of a tree with mounts below it in a user namespace, and a recursive
 * one would leave those writable: so recursive only where writing is allowed.
 */
function bind(target: string, source: string, readOnly: boolean): OciMount {
  const access = readOnly
    ? ['bind', 'ro', 'nosuid', 'nodev']
    : ['rbind', 'rw', 'rnosuid', 'rnodev'];
  return mount(target, 'bind', source, [...access, 'rprivate']);
}
