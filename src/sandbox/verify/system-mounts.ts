import { MASKED_TOO } from '../masked-too.ts';
import type { ObservedMount } from '../observed.ts';

/** File system that the host's device nodes lie in; a container shows single nodes of it. */
export const DEVICES = 'devtmpfs';

/**
 * Kernel interfaces that change or tell something about the whole host and that a container sees
 * read-only.
 *
 * Source: opencontainers/runtime-spec config-linux.md "readonlyPaths"
 */
export const READ_ONLY: readonly string[] = [
  ...['/sys', '/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
];

/**
 * Kernel interfaces that a container does not see at all: keys of all users, memory, timers of the
 * host's processes, firmware.
 *
 * Source: opencontainers/runtime-spec config-linux.md "maskedPaths"; CVE-2025-31133 (a mask is a mount
 * of the real null device or an empty read-only file system, or it is none)
 */
export const MASKED: readonly string[] = [
  ...['/proc/acpi', '/proc/kcore', '/proc/keys', '/proc/latency_stats', '/proc/sched_debug'],
  ...['/proc/scsi', '/proc/timer_list', '/sys/firmware'],
  ...MASKED_TOO,
];

/** File systems that show control groups; whoever can write there sets limits, of others too. CVE-2022-0492 */
export const CONTROL_GROUPS: ReadonlySet<string> = new Set(['cgroup', 'cgroup2']);

/** Single nodes of the host's devices that every container has. */
const NODES = new Set(['/null', '/zero', '/full', '/random', '/urandom', '/tty']);

/** Files that the engine writes for a container. */
const ENGINE_FILES = new Set([
  ...['/etc/hostname', '/etc/hosts', '/etc/resolv.conf', '/run/.containerenv'],
]);

/** Types by the place that they may be mounted at or below. */
const PLACES: readonly (readonly [string, ReadonlySet<string>])[] = [
  ['/proc', new Set(['proc', 'tmpfs'])],
  ['/sys', new Set(['sysfs', 'tmpfs', ...CONTROL_GROUPS])],
  ['/dev', new Set(['tmpfs', 'devpts', 'mqueue'])],
];

/** Whether a mount is one that every container of an engine has. */
export function isEngineMount(mount: ObservedMount): boolean {
  if (mount.target === '/') return true;
  if (ENGINE_FILES.has(mount.target)) return mount.type !== DEVICES;
  if (mount.type === DEVICES) return isNode(mount);
  return PLACES.some(([place, types]) => {
    const isThere = mount.target === place || mount.target.startsWith(`${place}/`);
    return isThere && types.has(mount.type);
  });
}

/** A device under its own name, or the null device as a mask. */
function isNode(mount: ObservedMount): boolean {
  if (mount.target === `/dev${mount.root}`) return NODES.has(mount.root);
  return mount.root === '/null' && /^\/(?:proc|sys)\//u.test(mount.target);
}
