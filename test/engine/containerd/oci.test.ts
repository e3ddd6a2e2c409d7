import { describe, expect, it } from 'vitest';
import { parseIdMap } from '../../../src/engine/containerd/idmap.ts';
import { ociSpec, type OciSurroundings } from '../../../src/engine/containerd/oci.ts';
import { UNLIMITED } from '../../../src/sandbox/limits.ts';
import type { SandboxSpec } from '../../../src/sandbox/spec.ts';

const ids = parseIdMap('0 1004 1\n1 100000 65536\n');
const around: OciSurroundings = {
  uids: ids,
  gids: ids,
  seccomp: { defaultAction: 'SCMP_ACT_ERRNO' },
  volume: (name) => `/volumes/${name}/_data`,
  files: [],
};
const sandbox: SandboxSpec = {
  image: 'localhost/ct/agent:1',
  args: ['/usr/bin/catatonit', '--', 'agent'],
  env: { A: 'b c' },
  cwd: '/projects/x',
  user: { uid: 1000, gid: 1000 },
  terminal: true,
  stdin: true,
  hostname: 'ct',
  userns: { kind: 'keep-id', uid: 1000, gid: 1000 },
  network: { kind: 'none' },
  mounts: [
    { kind: 'tmpfs', target: '/tmp', sizeBytes: 4096, modeOctal: 0o1777, exec: false },
    { kind: 'bind', source: '/host/p', target: '/projects/x', readOnly: false },
    { kind: 'volume', name: 'v', target: '/opt', readOnly: true },
  ],
  capabilities: [],
  noNewPrivileges: true,
  readOnlyRoot: true,
  limits: { ...UNLIMITED, process: [{ name: 'nofile', value: 1024 }] },
  seccomp: undefined,
};
const spec = (change: Partial<SandboxSpec> = {}) => ociSpec({ ...sandbox, ...change }, around);
const mountAt = (target: string, change: Partial<SandboxSpec> = {}) =>
  spec(change).mounts.find(({ destination }) => destination === target);

describe('the runtime spec of a sandbox', () => {
  it('says what the process is and may', () => {
    expect(spec().process).toEqual({
      terminal: true,
      user: { uid: 1000, gid: 1000 },
      args: sandbox.args,
      env: ['A=b c'],
      cwd: '/projects/x',
      capabilities: { bounding: [], effective: [], inheritable: [], permitted: [], ambient: [] },
      noNewPrivileges: true,
      rlimits: [{ type: 'RLIMIT_NOFILE', hard: 1024, soft: 1024 }],
    });
    expect(spec()).toMatchObject({ hostname: 'ct', root: { path: 'rootfs', readonly: true } });
    expect(spec().linux.seccomp).toBe(around.seccomp);
  });

  it('has a namespace of every kind, the network alone being shared where it is asked for', () => {
    const kinds = (network: SandboxSpec['network']) =>
      spec({ network })
        .linux.namespaces.map(({ type }) => type)
        .sort();
    const all = ['cgroup', 'ipc', 'mount', 'network', 'pid', 'user', 'uts'];
    expect(kinds({ kind: 'none' })).toEqual(all);
    expect(kinds({ kind: 'host' })).toEqual(all.filter((kind) => kind !== 'network'));
  });

  it('closes every mount: no devices, no other accounts, no programs where none are planned', () => {
    expect(mountAt('/tmp')?.options).toEqual([
      ...['nosuid', 'nodev', 'noexec', 'size=4096', 'mode=1777'],
    ]);
    expect(mountAt('/projects/x')).toMatchObject({ source: '/host/p', type: 'bind' });
    expect(mountAt('/projects/x')?.options).toEqual(
      expect.arrayContaining(['rbind', 'rw', 'rnosuid', 'rnodev', 'rprivate']),
    );
    expect(mountAt('/opt')).toMatchObject({ source: '/volumes/v/_data' });
    expect(mountAt('/opt')?.options).toEqual(
      expect.arrayContaining(['bind', 'ro', 'nosuid', 'nodev']),
    );
    expect(mountAt('/sys')?.options).toContain('ro');
    expect(mountAt('/sys', { network: { kind: 'host' } })?.options).toContain('ro');
  });

  it.each<[string, Partial<SandboxSpec>, string]>([
    ['memory', { limits: { ...UNLIMITED, memoryBytes: 1 } }, 'unsupported'],
    ['processors', { limits: { ...UNLIMITED, cpus: 1 } }, 'unsupported'],
    ['processes', { limits: { ...UNLIMITED, pids: 1 } }, 'unsupported'],
    [
      'SELinux labels',
      { mounts: [{ kind: 'bind', source: '/a', target: '/b', readOnly: true, relabel: true }] },
      'unsupported',
    ],
    ['nothing to run', { args: [] }, 'internal'],
  ])('refuses what it cannot express: %s', (_what, change, code) => {
    expect(() => spec(change)).toThrow(expect.objectContaining({ code }));
  });
});
