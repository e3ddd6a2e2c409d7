import { existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import type {
  IdMapRow,
  ObservedControlGroup,
  ObservedMount,
  ObservedSandbox,
  ObservedStatus,
  ObservingHost,
} from '../sandbox/observed.ts';

/**
 * What the kernel says of a process and its namespaces. It is read from outside, as the user that the
 * container belongs to; nothing inside is executed, and no path of the container is followed.
 *
 * Errors: those of reading /proc (ENOENT when it has ended)
 * Source: proc(5)
 */
export function observe(pid: number): ObservedSandbox {
  const text = (name: string): string => readFileSync(`/proc/${pid}/${name}`, 'utf8');
  return {
    status: parseStatus(text('status')),
    args: words(text('cmdline')),
    env: words(text('environ')),
    uidMap: parseIdMap(text('uid_map')),
    gidMap: parseIdMap(text('gid_map')),
    mounts: parseMountinfo(text('mountinfo')),
    limits: parseLimits(text('limits')),
    namespaces: namespacesOf(pid),
    files: openFilesOf(pid),
    interfaces: parseInterfaces(text('net/dev')),
    controlGroup: controlGroupOf(text('cgroup')),
  };
}

/**
 * The same of what anybody may see of a process, also one that the kernel lets nobody look into (proc(5) "dumpable").
 *
 * Errors: as `observe`
 */
export function observeConfinement(pid: number): Pick<ObservedSandbox, 'status' | 'namespaces'> {
  const status = parseStatus(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return { status, namespaces: namespacesOf(pid) };
}

/** This process and its mounts, to compare with. */
export function observingHost(): ObservingHost {
  const mounts = parseMountinfo(readFileSync('/proc/self/mountinfo', 'utf8'));
  return {
    uid: process.getuid?.() ?? -1,
    gid: process.getgid?.() ?? -1,
    namespaces: namespacesOf('self'),
    locate: (source) => locate(source, mounts),
    exists: existsSync,
  };
}

/** The mount that a path lies in: the longest mount point above it, and of equals the last mounted. */
export function locate(
  source: string,
  mounts: readonly ObservedMount[],
): { readonly device: string; readonly root: string } | undefined {
  let best: ObservedMount | undefined;
  for (const mount of mounts) {
    const isAbove =
      mount.target === '/' || source === mount.target || source.startsWith(`${mount.target}/`);
    if (isAbove && mount.target.length >= (best?.target.length ?? 0)) best = mount;
  }
  if (best === undefined) return undefined;
  const below = best.target === '/' ? source : source.slice(best.target.length);
  const root = `${best.root === '/' ? '' : best.root}${below}`;
  return { device: best.device, root: root === '' ? '/' : root };
}

/** Source: proc_pid_status(5) */
export function parseStatus(text: string): ObservedStatus {
  const field = (name: string): string =>
    new RegExp(`^${name}:[ \\t]*(.*)$`, 'mu').exec(text)?.[1] ?? '';
  const numbers = (name: string): readonly number[] => field(name).split(/\s+/u).map(Number);
  const bits = (name: string): bigint => BigInt(`0x${field(name) || 'ffffffffffffffff'}`);
  return {
    seccomp: Number(field('Seccomp')),
    filters: Number(field('Seccomp_filters')),
    noNewPrivileges: field('NoNewPrivs') === '1',
    capabilities: {
      Inh: bits('CapInh'),
      Prm: bits('CapPrm'),
      Eff: bits('CapEff'),
      Bnd: bits('CapBnd'),
      Amb: bits('CapAmb'),
    },
    uids: numbers('Uid'),
    gids: numbers('Gid'),
    // A list with a space behind each.
    groups: [...field('Groups').matchAll(/\d+/gu)].map(Number),
  };
}

/** Source: user_namespaces(7) */
export function parseIdMap(text: string): readonly IdMapRow[] {
  return lines(text).map((line) => {
    const [inside = NaN, outside = NaN, count = NaN] = line.trim().split(/\s+/u).map(Number);
    return { inside, outside, count };
  });
}

/** Source: proc_pid_mountinfo(5) */
export function parseMountinfo(text: string): readonly ObservedMount[] {
  return lines(text).map((line) => {
    const fields = line.split(' ');
    const rest = fields.slice(fields.indexOf('-', 6) + 1);
    const [type = '', source = ''] = rest;
    return {
      id: Number(fields[0]),
      device: fields[2] ?? '',
      root: rootOf(type, unescape(fields[3] ?? ''), unescape(source)),
      target: unescape(fields[4] ?? ''),
      options: (fields[5] ?? '').split(','),
      type,
      superOptions: (rest[2] ?? '').split(','),
    };
  });
}

/**
 * NFS shows every directory as its root, and which one it is in the source instead, as `server:/export/directory`.
 *
 * Source: Linux fs/nfs/super.c `nfs_show_path`, `nfs_show_devname`
 */
function rootOf(type: string, root: string, source: string): string {
  const isNfs = type === 'nfs' || type === 'nfs4';
  return isNfs ? source.replace(/\/$/u, '') : root;
}

/** Source: proc_pid_limits(5) */
export function parseLimits(text: string): ObservedSandbox['limits'] {
  const rows = [...text.matchAll(/^(Max [a-z ]+?)\s{2,}(\S+)\s+(\S+)/gmu)];
  const value = (word: string | undefined): number =>
    word === 'unlimited' ? Infinity : Number(word);
  return new Map(
    rows.map(([, name = '', soft, hard]) => [name, { soft: value(soft), hard: value(hard) }]),
  );
}

/** Source: proc_pid_net(5) "dev" */
export function parseInterfaces(text: string): readonly string[] {
  return lines(text)
    .slice(2)
    .map((line) => line.slice(0, line.indexOf(':')).trim());
}

/** Space, tab, line break and backslash stand there as octal numbers. */
function unescape(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\([0-7]{3})/gu, (_all, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}

function namespacesOf(who: number | 'self'): Readonly<Record<string, string>> {
  const kinds = ['user', 'net', 'mnt', 'pid', 'ipc', 'uts', 'cgroup'];
  return Object.fromEntries(kinds.map((kind) => [kind, readlinkSync(`/proc/${who}/ns/${kind}`)]));
}

/** One that is closed between the listing and the look is not open. */
function openFilesOf(pid: number): ReadonlyMap<number, string> {
  const directory = `/proc/${pid}/fd`;
  const files = new Map<number, string>();
  for (const fd of readdirSync(directory)) {
    try {
      files.set(Number(fd), readlinkSync(`${directory}/${fd}`));
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown;
    }
  }
  return files;
}

/** Limits of the group that a process is in. Source: cgroups(7), kernel cgroup-v2.rst */
function controlGroupOf(membership: string): ObservedControlGroup {
  const path = /^0::(\/.*)$/mu.exec(membership)?.[1];
  const value = (file: string): string | undefined => {
    try {
      return readFileSync(`/sys/fs/cgroup${path ?? ''}/${file}`, 'utf8').trim();
    } catch {
      return undefined;
    }
  };
  const amount = (file: string): number | undefined => {
    const text = value(file);
    return text === undefined || text === 'max' ? undefined : Number(text);
  };
  const [quota, period] = (value('cpu.max') ?? 'max').split(' ');
  return {
    memoryBytes: amount('memory.max'),
    cpus: quota === 'max' ? undefined : Number(quota) / Number(period),
    pids: amount('pids.max'),
  };
}

function lines(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}

function words(text: string): readonly string[] {
  return text.split('\0').slice(0, -1);
}
