import type { ObservedMount, ObservingHost } from '../observed.ts';
import type { Mount, SandboxSpec } from '../spec.ts';
import { CONTROL_GROUPS, DEVICES, MASKED, READ_ONLY, isEngineMount } from './system-mounts.ts';
import { compare, type Check, type Difference } from './verify.ts';

/** Every planned mount is there as planned, nothing else is, and the system's own are closed. */
export const checkMounts: Check = (spec, seen, host) => {
  const top = topmost(seen.mounts);
  return [
    ...checkRoot(spec, top.get('/')),
    ...spec.mounts.flatMap((mount) => checkPlanned(mount, top.get(mount.target), host)),
    ...checkShm(spec.limits.shmBytes, top.get('/dev/shm')),
    ...checkSystem(top, host),
    ...checkForeign(spec, seen.mounts),
  ];
};

/** What a path shows is what was mounted on it last. */
function topmost(mounts: readonly ObservedMount[]): ReadonlyMap<string, ObservedMount> {
  return new Map(mounts.map((mount) => [mount.target, mount]));
}

function checkRoot(spec: SandboxSpec, root: ObservedMount | undefined): readonly Difference[] {
  const access = (isReadOnly: boolean): string => (isReadOnly ? 'read-only' : 'writable');
  return compare('root file system', access(spec.readOnlyRoot), access(isReadOnly(root)));
}

function checkPlanned(
  mount: Mount,
  seen: ObservedMount | undefined,
  host: ObservingHost,
): readonly Difference[] {
  const what = `mount ${mount.target}`;
  if (seen === undefined) return [{ what, planned: `a ${mount.kind}`, seen: 'not mounted' }];
  return [
    ...compare(what, wantedOptions(mount).join(','), seenOptions(mount, seen).join(',')),
    ...checkSource(what, mount, seen, host),
  ];
}

/** The options that keep a mount harmless, in the order that they are shown. */
const GUARDS = ['ro', 'nosuid', 'nodev', 'noexec'] as const;

function wantedOptions(mount: Mount): readonly string[] {
  const isClosed = mount.kind !== 'tmpfs' && mount.readOnly;
  return [
    isClosed ? 'ro' : 'rw',
    'nosuid',
    'nodev',
    ...(mount.kind === 'tmpfs' && !mount.exec ? ['noexec'] : []),
  ];
}

/** A file system of the host may itself be mounted without programs: that is no fault of the plan. */
function seenOptions(mount: Mount, seen: ObservedMount): readonly string[] {
  const guards = GUARDS.filter((guard) => seen.options.includes(guard));
  const counted = mount.kind === 'tmpfs' ? guards : guards.filter((guard) => guard !== 'noexec');
  return seen.options.includes('ro') ? counted : ['rw', ...counted];
}

function checkSource(
  what: string,
  mount: Mount,
  seen: ObservedMount,
  host: ObservingHost,
): readonly Difference[] {
  switch (mount.kind) {
    case 'tmpfs':
      return compare(what, `tmpfs of ${kib(mount.sizeBytes)}`, `${seen.type} of ${sizeOf(seen)}`);
    case 'volume': {
      const isVolume = seen.root.endsWith(`/${mount.name}/_data`);
      return isVolume ? [] : [{ what, planned: `the volume ${mount.name}`, seen: seen.root }];
    }
    case 'bind': {
      const place = host.locate(mount.source);
      const planned = `${place?.device ?? '?'} ${place?.root ?? mount.source}`;
      return compare(what, planned, `${seen.device} ${seen.root}`);
    }
  }
}

function checkShm(bytes: number, seen: ObservedMount | undefined): readonly Difference[] {
  const memory = seen === undefined ? 'none' : `${isReadOnly(seen) ? 'ro' : 'rw'} ${sizeOf(seen)}`;
  return compare('/dev/shm', `rw ${kib(bytes)}`, memory);
}

/** Masks and closed places of /proc and /sys, as far as this kernel has them. */
function checkSystem(
  top: ReadonlyMap<string, ObservedMount>,
  host: ObservingHost,
): readonly Difference[] {
  const closed = READ_ONLY.filter(host.exists)
    .filter((path) => !isReadOnly(top.get(path)))
    .map((path) => ({ what: path, planned: 'read-only', seen: 'writable' }));
  const groups = [...top.values()]
    .filter((mount) => CONTROL_GROUPS.has(mount.type) && !isReadOnly(mount))
    .map(({ target }) => ({ what: target, planned: 'read-only', seen: 'writable' }));
  const masked = MASKED.filter(host.exists)
    .filter((path) => !isMask(top.get(path)))
    .map((path) => ({ what: path, planned: 'masked', seen: 'open' }));
  return [...closed, ...groups, ...masked];
}

/** Mounts that nobody planned: of the host's files, of devices, of anything. */
function checkForeign(spec: SandboxSpec, mounts: readonly ObservedMount[]): readonly Difference[] {
  const planned = new Set(spec.mounts.map(({ target }) => target));
  return mounts
    .filter((mount) => !planned.has(mount.target) && !isEngineMount(mount))
    .map((mount) => ({
      what: `mount ${mount.target}`,
      planned: 'not mounted',
      seen: `${mount.type} ${mount.root} (${mount.options.join(',')})`,
    }));
}

function isMask(mount: ObservedMount | undefined): boolean {
  if (mount === undefined) return false;
  const isEmpty = mount.type === 'tmpfs' && isReadOnly(mount);
  return isEmpty || (mount.type === DEVICES && mount.root === '/null');
}

function isReadOnly(mount: ObservedMount | undefined): boolean {
  return mount?.options.includes('ro') === true;
}

/** tmpfs counts in KiB. Source: tmpfs(5) */
function kib(bytes: number): string {
  return `${Math.ceil(bytes / 1024)}k`;
}

function sizeOf(mount: ObservedMount): string {
  return mount.superOptions.find((option) => option.startsWith('size='))?.slice(5) ?? 'any size';
}
