import { describe, expect, it } from 'vitest';
import type {
  ObservedMount,
  ObservedSandbox,
  ObservingHost,
} from '../../../src/sandbox/observed.ts';
import type { SandboxSpec } from '../../../src/sandbox/spec.ts';
import { verifySandbox } from '../../../src/sandbox/verify/verify.ts';

const spec: SandboxSpec = {
  image: 'localhost/ct/agent:1',
  args: ['/usr/bin/catatonit', '--', '/usr/libexec/ct/entry', 'bash'],
  env: { PATH: '/usr/bin', HOME: '/home/ct' },
  cwd: '/projects/p',
  user: { uid: 1000, gid: 1000 },
  terminal: false,
  stdin: true,
  hostname: 'ct',
  userns: { kind: 'keep-id', uid: 1000, gid: 1000 },
  network: { kind: 'none' },
  mounts: [
    { kind: 'tmpfs', target: '/tmp', sizeBytes: 2 ** 30, modeOctal: 0o1777, exec: true },
    { kind: 'tmpfs', target: '/run', sizeBytes: 2 ** 20, modeOctal: 0o1777, exec: false },
    { kind: 'bind', source: '/home/me/p', target: '/projects/p', readOnly: false },
    { kind: 'bind', source: '/etc/ca', target: '/etc/ca', readOnly: true },
    { kind: 'volume', name: 'ct-packages', target: '/opt/ct/packages', readOnly: true },
  ],
  capabilities: [],
  noNewPrivileges: true,
  readOnlyRoot: true,
  seccomp: { name: 'default', digest: 'd', path: '/d.json' },
  limits: {
    memoryBytes: 2 ** 32,
    cpus: 1.5,
    pids: 100,
    shmBytes: 2 ** 26,
    process: [
      { name: 'nofile', value: 1024 },
      { name: 'core', value: 0 },
    ],
  },
};

const GUARDS = ['nosuid', 'nodev', 'relatime'];

function mount(target: string, type: string, change: Partial<ObservedMount> = {}): ObservedMount {
  const base = { id: 1, device: '0:1', root: '/', options: ['rw', ...GUARDS], superOptions: [] };
  return { ...base, target, type, ...change };
}

const ro = { options: ['ro', ...GUARDS] };

const mounts: readonly ObservedMount[] = [
  mount('/', 'overlay', { options: ['ro', 'relatime'] }),
  mount('/proc', 'proc'),
  mount('/sys', 'sysfs', ro),
  mount('/dev', 'tmpfs'),
  mount('/dev/null', 'devtmpfs', { root: '/null', options: ['rw'] }),
  mount('/dev/shm', 'tmpfs', { superOptions: ['rw', 'size=65536k'] }),
  mount('/proc/sys', 'proc', { ...ro, root: '/sys' }),
  mount('/proc/keys', 'devtmpfs', { root: '/null', options: ['rw'] }),
  mount('/sys/firmware', 'tmpfs', ro),
  mount('/etc/hostname', 'tmpfs', { ...ro, root: '/x/hostname' }),
  mount('/tmp', 'tmpfs', { superOptions: ['rw', 'size=1048576k'] }),
  mount('/run', 'tmpfs', { options: ['rw', ...GUARDS, 'noexec'], superOptions: ['size=1024k'] }),
  mount('/projects/p', 'ext4', { device: '8:1', root: '/me/p' }),
  mount('/etc/ca', 'ext4', { ...ro, device: '8:2', root: '/etc/ca' }),
  mount('/opt/ct/packages', 'ext4', { ...ro, root: '/me/storage/volumes/ct-packages/_data' }),
];

const ids = [
  { inside: 0, outside: 100_000, count: 1000 },
  { inside: 1000, outside: 1001, count: 1 },
  { inside: 1001, outside: 101_000, count: 64_536 },
];

const seen: ObservedSandbox = {
  status: {
    seccomp: 2,
    filters: 1,
    noNewPrivileges: true,
    capabilities: { Inh: 0n, Prm: 0n, Eff: 0n, Bnd: 0n, Amb: 0n },
    uids: [1001, 1001, 1001, 1001],
    gids: [1001, 1001, 1001, 1001],
    groups: [1001],
  },
  args: spec.args,
  env: ['PATH=/usr/bin', 'HOME=/home/ct'],
  uidMap: ids,
  gidMap: ids,
  mounts,
  limits: new Map([
    ['Max open files', { soft: 1024, hard: 1024 }],
    ['Max core file size', { soft: 0, hard: 0 }],
  ]),
  namespaces: { user: 'user:[2]', net: 'net:[2]', mnt: 'mnt:[2]', pid: 'pid:[2]' },
  files: new Map([
    [0, 'pipe:[1]'],
    [1, '/dev/pts/0'],
    [2, '/dev/null'],
    [3, 'anon_inode:[signalfd]'],
  ]),
  interfaces: ['lo'],
  controlGroup: { memoryBytes: 2 ** 32, cpus: 1.5, pids: 100 },
};

const host: ObservingHost = {
  uid: 1001,
  gid: 1001,
  namespaces: { user: 'user:[1]', net: 'net:[1]', mnt: 'mnt:[1]', pid: 'pid:[1]' },
  locate: (source) =>
    source === '/etc/ca' ? { device: '8:2', root: source } : { device: '8:1', root: '/me/p' },
  exists: (path) => ['/sys', '/proc/sys', '/proc/keys', '/sys/firmware'].includes(path),
};

const { status, namespaces, controlGroup } = seen;
const without = (target: string) => mounts.filter((other) => other.target !== target);
const changed = (target: string, change: Partial<ObservedMount>) =>
  mounts.map((other) => (other.target === target ? { ...other, ...change } : other));
const added = (...more: readonly ObservedMount[]) => ({ mounts: [...mounts, ...more] });
const own = (changes: Partial<ObservedSandbox['status']>) => ({
  status: { ...status, ...changes },
});
const caps = (set: string) => own({ capabilities: { ...status.capabilities, [set]: 1n } });

/** What an engine that ignores, mistypes or adds something looks like, and what is said of it. */
const WEAKENED: readonly (readonly [string, Partial<ObservedSandbox>])[] = [
  ['seccomp', own({ seccomp: 0 })],
  ['seccomp', own({ filters: 0 })],
  ['no_new_privileges', own({ noNewPrivileges: false })],
  ...['Inh', 'Prm', 'Eff', 'Bnd', 'Amb'].map(
    (set) => [`capabilities Cap${set}`, caps(set)] as const,
  ),
  ['user', own({ uids: [100_000, 100_000, 100_000, 100_000] })],
  ['user', own({ uids: [1001, 1001, 0, 1001] })],
  ['group', own({ gids: [0, 0, 0, 0] })],
  ['supplementary groups', own({ groups: [1001, 27] })],
  ['command line', { args: ['/bin/sh'] }],
  ['variable EXTRA', { env: [...seen.env, 'EXTRA=secret-value'] }],
  ['variable HOME', { env: ['PATH=/usr/bin', 'HOME=/root'] }],
  ['variable PATH', { env: ['HOME=/home/ct'] }],
  ['open file 7', { files: new Map([...seen.files, [7, '/home/me']]) }],
  ['open file 4', { files: new Map([...seen.files, [4, 'socket:[9]']]) }],
  ['open file 0', { files: new Map([[0, '/home/me/x']]) }],
  ...Object.keys(namespaces).map(
    (kind) =>
      [`${kind} namespace`, { namespaces: { ...namespaces, [kind]: `${kind}:[1]` } }] as const,
  ),
  ['uid map', { uidMap: [{ inside: 0, outside: 0, count: 65_536 }] }],
  ['uid map', { uidMap: [{ inside: 0, outside: 1001, count: 1 }] }],
  ['uid map', { uidMap: [...ids, { inside: 70_000, outside: 1000, count: 5 }] }],
  ['uid map', { uidMap: [] }],
  ['gid map', { gidMap: [{ inside: 0, outside: 1001, count: 1 }] }],
  ['network interfaces', { interfaces: ['lo', 'eth0'] }],
  ['limit nofile', { limits: new Map([['Max open files', { soft: 1024, hard: 4096 }]]) }],
  ['limit core', { limits: new Map([['Max open files', { soft: 1024, hard: 1024 }]]) }],
  ['memory limit', { controlGroup: { ...controlGroup, memoryBytes: undefined } }],
  ['memory limit', { controlGroup: { ...controlGroup, memoryBytes: 2 ** 33 } }],
  ['processor limit', { controlGroup: { ...controlGroup, cpus: undefined } }],
  ['process limit', { controlGroup: { ...controlGroup, pids: 101 } }],
  ['root file system', { mounts: changed('/', { options: ['rw'] }) }],
  ['mount /tmp', { mounts: without('/tmp') }],
  ['mount /tmp', { mounts: changed('/tmp', { options: ['rw', 'nodev'] }) }],
  ['mount /tmp', { mounts: changed('/tmp', { superOptions: ['size=2097152k'] }) }],
  ['mount /tmp', { mounts: changed('/tmp', { type: 'ext4' }) }],
  ['mount /run', { mounts: changed('/run', { options: ['rw', ...GUARDS] }) }],
  ['mount /projects/p', { mounts: changed('/projects/p', { root: '/me/.ssh' }) }],
  ['mount /projects/p', { mounts: changed('/projects/p', { device: '8:9' }) }],
  ['mount /projects/p', { mounts: changed('/projects/p', { options: ['rw', 'nosuid'] }) }],
  ['mount /projects/p', added(mount('/projects/p', 'ext4', { device: '8:1', root: '/me' }))],
  ['mount /etc/ca', { mounts: changed('/etc/ca', { options: ['rw', ...GUARDS] }) }],
  ['mount /opt/ct/packages', { mounts: changed('/opt/ct/packages', { root: '/volumes/other' }) }],
  ['mount /opt/ct/packages', { mounts: changed('/opt/ct/packages', { options: ['rw'] }) }],
  ['/dev/shm', { mounts: changed('/dev/shm', { superOptions: [] }) }],
  ['/dev/shm', { mounts: changed('/dev/shm', { options: ['ro'] }) }],
  ['/proc/sys', { mounts: without('/proc/sys') }],
  ['/proc/sys', { mounts: changed('/proc/sys', { options: ['rw'] }) }],
  ['/sys', { mounts: changed('/sys', { options: ['rw'] }) }],
  ['/sys/fs/cgroup', added(mount('/sys/fs/cgroup', 'cgroup2', { options: ['rw'] }))],
  ['/sys/fs/cgroup/cpu', added(mount('/sys/fs/cgroup/cpu', 'cgroup', { options: ['rw'] }))],
  ['/proc/keys', { mounts: without('/proc/keys') }],
  ['/proc/keys', { mounts: changed('/proc/keys', { root: '/kmsg' }) }],
  ['/sys/firmware', { mounts: changed('/sys/firmware', { options: ['rw'] }) }],
  ['mount /host', added(mount('/host', 'ext4', { root: '/home' }))],
  ['mount /dev/sda', added(mount('/dev/sda', 'devtmpfs', { root: '/sda' }))],
  ['mount /dev/fuse', added(mount('/dev/fuse', 'devtmpfs', { root: '/fuse' }))],
  ['mount /proc/x', added(mount('/proc/x', 'ext4'))],
  ['mount /sys/kernel/debug', added(mount('/sys/kernel/debug', 'debugfs'))],
];

describe('verifySandbox', () => {
  it('finds nothing in a container that is what was planned', () => {
    expect(verifySandbox(spec, seen, host)).toEqual([]);
  });

  it.each(WEAKENED)('sees that %s is not as planned', (what, change) => {
    const differences = verifySandbox(spec, { ...seen, ...change }, host);
    expect(differences.map((difference) => difference.what)).toContain(what);
  });

  it('does not repeat the value of a variable that nobody planned', () => {
    const leaked = { ...seen, env: [...seen.env, 'TOKEN=hunter2'] };
    expect(JSON.stringify(verifySandbox(spec, leaked, host))).not.toContain('hunter2');
  });

  it('lets the kernel round a memory limit to whole pages', () => {
    const rounded = { ...seen, controlGroup: { ...controlGroup, memoryBytes: 2 ** 32 - 4096 } };
    expect(verifySandbox(spec, rounded, host)).toEqual([]);
  });

  it('wants no masks of what this kernel does not have, and all of what it has', () => {
    const everything = { ...host, exists: () => true };
    const missing = verifySandbox(spec, seen, everything).map(({ what }) => what);
    expect(missing).toEqual(expect.arrayContaining(['/proc/kcore', '/proc/sysrq-trigger']));
  });
});
