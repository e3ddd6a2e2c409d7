import { CtError } from '../../base/errors.ts';
import { MASKED_TOO } from '../../sandbox/masked-too.ts';
import type { ContainerSpec, Labels } from '../engine.ts';
import type { Mount, NetworkAttachment, SandboxSpec } from '../../sandbox/spec.ts';

/**
 * Body of a create request: every field that `ct` uses and no other, so that nothing else (a secret,
 * a privilege, a device) has a place to stand in it.
 *
 * Source: containers/podman pkg/specgen/specgen.go, v4.3.1 and v5.4.2
 */
export interface CreateBody {
  readonly name: string;
  readonly labels: Labels;
  readonly remove: boolean;
  readonly image: string;
  readonly image_volume_mode: 'ignore';
  readonly entrypoint: readonly string[];
  readonly command: readonly [];
  readonly env: Readonly<Record<string, string>>;
  readonly unsetenvall: true;
  readonly httpproxy: false;
  readonly work_dir: string;
  readonly user: string;
  readonly terminal: boolean;
  readonly stdin: boolean;
  readonly hostname: string;
  readonly systemd: 'false';
  readonly healthconfig: { readonly Test: readonly ['NONE'] };
  readonly stop_signal: number;
  readonly log_configuration: { readonly driver: 'none' };
  readonly cgroupns: { readonly nsmode: 'private' };
  readonly userns: { readonly nsmode: 'keep-id'; readonly value: string };
  readonly netns: { readonly nsmode: 'none' | 'host' };
  readonly use_image_hosts: true;
  readonly use_image_resolve_configuration?: true;
  readonly mounts: readonly OciMount[];
  readonly volumes: readonly NamedVolume[];
  readonly mask: readonly string[];
  readonly cap_drop: readonly string[];
  readonly cap_add: readonly string[];
  readonly no_new_privileges: boolean;
  readonly read_only_filesystem: boolean;
  readonly seccomp_profile_path: string;
  readonly r_limits: readonly RLimit[];
  readonly resource_limits?: ResourceLimits;
}

/** A limit of setrlimit(2) in libpod's words: `nofile`, not RLIMIT_NOFILE. */
export interface RLimit {
  readonly type: string;
  readonly soft: number;
  readonly hard: number;
}

/** Control group limits in the runtime spec's words. */
export interface ResourceLimits {
  readonly memory?: { readonly limit: number; readonly swap: number };
  readonly cpu?: { readonly quota: number; readonly period: number };
  readonly pids?: { readonly limit: number };
}

/** A mount in the runtime spec's words. */
export interface OciMount {
  readonly destination: string;
  readonly type: 'bind' | 'tmpfs';
  readonly source: string;
  readonly options: readonly string[];
}

/** A named volume in libpod's words. */
export interface NamedVolume {
  readonly Name: string;
  readonly Dest: string;
  readonly Options: readonly string[];
}

const SIGTERM = 15;

/**
 * The create request of a container. Total: every field of the spec is in the body, and what an image
 * could set by itself (entry point, command, user, environment, volumes, health check, stop signal,
 * systemd mode) is set here, so that a hostile image changes nothing.
 *
 * The whole argv is the entry point: with an empty command libpod then ignores both of the image's.
 *
 * Errors: unsupported for what Podman cannot express
 */
export function createBody(container: ContainerSpec): CreateBody {
  const { sandbox } = container;
  if (sandbox.args.length === 0)
    throw new CtError('internal', 'a container needs a program to run');
  return {
    name: container.name,
    labels: container.labels,
    remove: container.autoRemove,
    image: sandbox.image,
    image_volume_mode: 'ignore',
    entrypoint: sandbox.args,
    command: [],
    env: sandbox.env,
    unsetenvall: true,
    // Podman would copy the proxy variables of its own environment, which may hold a password.
    httpproxy: false,
    work_dir: sandbox.cwd,
    user: `${sandbox.user.uid}:${sandbox.user.gid}`,
    terminal: sandbox.terminal,
    stdin: sandbox.stdin,
    hostname: sandbox.hostname,
    systemd: 'false',
    healthconfig: { Test: ['NONE'] },
    stop_signal: SIGTERM,
    log_configuration: { driver: 'none' },
    // With cgroup v1 Podman takes the host's: a container would read the names and figures of all its groups.
    cgroupns: { nsmode: 'private' },
    userns: usernsBody(sandbox.userns),
    ...networkBody(sandbox.network),
    // Podman would write the host's own names and addresses into it; the image has a plain one.
    use_image_hosts: true,
    mounts: [shmBody(sandbox.limits.shmBytes), ...sandbox.mounts.flatMap(mountBody)],
    volumes: sandbox.mounts.flatMap(volumeBody),
    mask: MASKED_TOO,
    cap_drop: ['ALL'],
    cap_add: sandbox.capabilities,
    no_new_privileges: sandbox.noNewPrivileges,
    read_only_filesystem: sandbox.readOnlyRoot,
    // Podman has a profile of its own for an empty path, and it lets user namespaces through.
    seccomp_profile_path: sandbox.seccomp?.path ?? 'unconfined',
    ...limitsBody(sandbox.limits),
  };
}

/** Microseconds of a period that processor time is counted in. Source: podman-run(1) "--cpus" */
const CPU_PERIOD = 100_000;

type LimitFields = Pick<CreateBody, 'r_limits' | 'resource_limits'>;

function limitsBody(limits: SandboxSpec['limits']): LimitFields {
  return {
    r_limits: limits.process.map(({ name, value }) => ({
      type: name,
      soft: value,
      hard: value,
    })),
    ...controlGroupBody(limits),
  };
}

/** Asked for on a host that cannot set them, Podman warns: so nothing is sent when nothing is wanted. */
function controlGroupBody({ memoryBytes, cpus, pids }: SandboxSpec['limits']): {
  readonly resource_limits?: ResourceLimits;
} {
  if (memoryBytes === undefined && cpus === undefined && pids === undefined) return {};
  return {
    resource_limits: {
      // The second figure is memory and swap together: equal means no swap.
      ...(memoryBytes === undefined ? {} : { memory: { limit: memoryBytes, swap: memoryBytes } }),
      ...(cpus === undefined
        ? {}
        : { cpu: { quota: Math.round(cpus * CPU_PERIOD), period: CPU_PERIOD } }),
      ...(pids === undefined ? {} : { pids: { limit: pids } }),
    },
  };
}

function usernsBody(userns: SandboxSpec['userns']): CreateBody['userns'] {
  return { nsmode: userns.kind, value: `uid=${userns.uid},gid=${userns.gid}` };
}

type NetworkFields = Pick<CreateBody, 'netns' | 'use_image_resolve_configuration'>;

function networkBody(network: NetworkAttachment): NetworkFields {
  switch (network.kind) {
    case 'none':
      // Nothing answers there, and the host's resolvers are nobody's business.
      return { netns: { nsmode: 'none' }, use_image_resolve_configuration: true };
    case 'host':
      return { netns: { nsmode: 'host' } };
  }
}

/**
 * Shared memory, as any other memory: what Podman 5 mounts there by itself is read-only when the root
 * is (the field `read_write_tmpfs`, which brings more than this one).
 */
function shmBody(bytes: number): OciMount {
  return {
    destination: '/dev/shm',
    type: 'tmpfs',
    source: 'shm',
    options: ['nosuid', 'nodev', 'noexec', 'notmpcopyup', `size=${bytes}`, 'mode=1777'],
  };
}

function mountBody(mount: Mount): OciMount[] {
  switch (mount.kind) {
    case 'bind':
      return [
        {
          destination: mount.target,
          type: 'bind',
          source: mount.source,
          // The kernel refuses a plain bind of a tree with mounts below it in a user namespace, and a
          // recursive one would leave those writable: so recursive only where writing is allowed.
          options: [
            ...(mount.readOnly ? ['bind', 'ro'] : ['rbind', 'rw']),
            'rprivate',
            'nosuid',
            'nodev',
            ...(mount.relabel === true ? ['z'] : []),
          ],
        },
      ];
    case 'tmpfs':
      return [
        {
          destination: mount.target,
          type: 'tmpfs',
          source: 'tmpfs',
          options: [
            'nosuid',
            'nodev',
            ...(mount.exec ? [] : ['noexec']),
            'notmpcopyup',
            `size=${mount.sizeBytes}`,
            `mode=${mount.modeOctal.toString(8)}`,
          ],
        },
      ];
    case 'volume':
      return [];
  }
}

function volumeBody(mount: Mount): NamedVolume[] {
  if (mount.kind !== 'volume') return [];
  const access = mount.readOnly ? 'ro' : 'rw';
  return [{ Name: mount.name, Dest: mount.target, Options: [access, 'nosuid', 'nodev'] }];
}
