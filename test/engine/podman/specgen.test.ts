import { describe, expect, it } from 'vitest';
import type { ContainerSpec } from '../../../src/engine/engine.ts';
import { createBody, type CreateBody } from '../../../src/engine/podman/specgen.ts';
import { MASKED_TOO } from '../../../src/sandbox/masked-too.ts';
import { UNLIMITED } from '../../../src/sandbox/limits.ts';
import type { Limits, Mount, SandboxSpec } from '../../../src/sandbox/spec.ts';

const sandbox: SandboxSpec = {
  image: 'localhost/ct/base:1',
  args: ['/init', '--', 'agent'],
  env: { HOME: '/home/ct' },
  cwd: '/projects/x',
  user: { uid: 1000, gid: 1000 },
  terminal: false,
  stdin: false,
  hostname: 'ct',
  userns: { kind: 'keep-id', uid: 1000, gid: 1000 },
  network: { kind: 'none' },
  mounts: [],
  capabilities: [],
  noNewPrivileges: true,
  readOnlyRoot: true,
  seccomp: undefined,
  limits: UNLIMITED,
};
const container: ContainerSpec = { name: 'n', labels: { a: 'b' }, sandbox, autoRemove: false };

function body(change: Partial<SandboxSpec>): CreateBody {
  return createBody({ ...container, sandbox: { ...sandbox, ...change } });
}

const SHM = {
  destination: '/dev/shm',
  type: 'tmpfs',
  source: 'shm',
  options: [
    ...['nosuid', 'nodev', 'noexec', 'notmpcopyup', `size=${UNLIMITED.shmBytes}`, 'mode=1777'],
  ],
};
const bind: Mount = { kind: 'bind', source: '/src', target: '/dst', readOnly: false };

/** One change for every field: a field that is dropped in silence is a hole in the wall. */
const changes: { readonly [Field in keyof SandboxSpec]: SandboxSpec[Field] } = {
  image: 'localhost/other:2',
  args: ['/other'],
  env: { OTHER: '1' },
  cwd: '/other',
  user: { uid: 7, gid: 8 },
  terminal: true,
  stdin: true,
  hostname: 'other',
  userns: { kind: 'keep-id', uid: 7, gid: 8 },
  network: { kind: 'host' },
  mounts: [bind],
  capabilities: ['CAP_CHOWN'],
  noNewPrivileges: false,
  readOnlyRoot: false,
  seccomp: { name: 'default', digest: 'd'.repeat(64), path: '/data/seccomp/d.json' },
  limits: { ...UNLIMITED, memoryBytes: 1 },
};

describe('createBody', () => {
  it.each([
    [{ memoryBytes: 7 }, { resource_limits: { memory: { limit: 7, swap: 7 } } }],
    [{ cpus: 1.5 }, { resource_limits: { cpu: { quota: 150_000, period: 100_000 } } }],
    [{ pids: 9 }, { resource_limits: { pids: { limit: 9 } } }],
    [
      { process: [{ name: 'nofile', value: 5 }] },
      { r_limits: [{ type: 'nofile', soft: 5, hard: 5 }] },
    ],
  ] satisfies [Partial<Limits>, Partial<CreateBody>][])(
    'expresses the limit %j',
    (change, expected) => {
      expect(body({ limits: { ...UNLIMITED, ...change } })).toMatchObject(expected);
    },
  );

  it.each(Object.keys(changes) as (keyof SandboxSpec)[])('expresses the field %s', (field) => {
    expect(body({ [field]: changes[field] })).not.toEqual(body({}));
  });

  it.each([
    ['name', { name: 'm' }],
    ['labels', { labels: { c: 'd' } }],
    ['autoRemove', { autoRemove: true }],
  ])('expresses %s', (_name, change) => {
    expect(createBody({ ...container, ...change })).not.toEqual(body({}));
  });

  it('is this, for the plainest container', () => {
    expect(body({})).toEqual({
      name: 'n',
      labels: { a: 'b' },
      remove: false,
      image: 'localhost/ct/base:1',
      image_volume_mode: 'ignore',
      entrypoint: ['/init', '--', 'agent'],
      command: [],
      env: { HOME: '/home/ct' },
      unsetenvall: true,
      httpproxy: false,
      work_dir: '/projects/x',
      user: '1000:1000',
      terminal: false,
      stdin: false,
      hostname: 'ct',
      systemd: 'false',
      healthconfig: { Test: ['NONE'] },
      stop_signal: 15,
      log_configuration: { driver: 'none' },
      cgroupns: { nsmode: 'private' },
      userns: { nsmode: 'keep-id', value: 'uid=1000,gid=1000' },
      netns: { nsmode: 'none' },
      use_image_hosts: true,
      use_image_resolve_configuration: true,
      mounts: [SHM],
      volumes: [],
      mask: [...MASKED_TOO],
      cap_drop: ['ALL'],
      cap_add: [],
      no_new_privileges: true,
      read_only_filesystem: true,
      seccomp_profile_path: 'unconfined',
      r_limits: [{ type: 'core', soft: 0, hard: 0 }],
    });
  });

  it('gives each kind of mount its guards', () => {
    const made = body({
      mounts: [
        bind,
        { ...bind, target: '/ro', readOnly: true },
        { kind: 'tmpfs', target: '/tmp', sizeBytes: 4096, modeOctal: 0o1777, exec: true },
        { kind: 'tmpfs', target: '/run', sizeBytes: 4096, modeOctal: 0o700, exec: false },
        { kind: 'volume', name: 'v', target: '/opt', readOnly: true },
        { kind: 'volume', name: 'w', target: '/srv', readOnly: false },
      ],
    });
    expect(
      made.mounts.map(({ destination, options }) => `${destination} ${options.join()}`),
    ).toEqual([
      '/dev/shm nosuid,nodev,noexec,notmpcopyup,size=67108864,mode=1777',
      '/dst rbind,rw,rprivate,nosuid,nodev',
      '/ro bind,ro,rprivate,nosuid,nodev',
      '/tmp nosuid,nodev,notmpcopyup,size=4096,mode=1777',
      '/run nosuid,nodev,noexec,notmpcopyup,size=4096,mode=700',
    ]);
    expect(made.volumes).toEqual([
      { Name: 'v', Dest: '/opt', Options: ['ro', 'nosuid', 'nodev'] },
      { Name: 'w', Dest: '/srv', Options: ['rw', 'nosuid', 'nodev'] },
    ]);
  });

  it('keeps the host’s resolver out only where there is no network', () => {
    expect(body({ network: { kind: 'host' } })).not.toHaveProperty(
      'use_image_resolve_configuration',
    );
  });

  it('does not run an image’s own idea of a program', () => {
    expect(() => body({ args: [] })).toThrow('needs a program');
  });
});
