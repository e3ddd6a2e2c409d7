import { mkdtempSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { OciMount } from '../../src/engine/podman/specgen.ts';
import { ct, inSession, project, sessions } from './support/ct.ts';
import { alone } from './support/lab/alone.ts';
import { configured } from './support/lab/lab.ts';
import { testPaths } from './support/engine-fixture.ts';
import { alteredEngine, type AlteredEngine, type Body } from './support/altered-engine.ts';
import { expectRefusal, traces } from './support/faults.ts';

let engine: AlteredEngine | undefined;
let clean: readonly string[];

beforeAll(async () => {
  expect((await inSession('true')).status).toBe(0);
  clean = await traces();
});
afterEach(() => {
  engine?.close();
  engine = undefined;
});

/** Runs a session on an engine that is told something else than ct says. */
async function runAltered(
  alter: (body: Body) => Body,
  args: readonly string[] = [],
  { cwd, env }: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
) {
  const at = join(mkdtempSync(join(testPaths().runtimeDir, 'altered-')), 's');
  engine = await alteredEngine(at, `${testPaths().runtimeDir}/ct/podman.sock`, alter);
  return ct(['run', ...args, 'shell', '-c', 'echo it ran'], {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...env, CONTAINER_HOST: `unix://${engine.socket}` },
  });
}

const dropped =
  (field: string) =>
  ({ [field]: _dropped, ...rest }: Body): Body =>
    rest;

const mounts = (change: (mount: OciMount) => OciMount[]) => (body: Body) => ({
  ...body,
  mounts: (body['mounts'] as OciMount[]).flatMap(change),
});

const at = (target: string, change: (mount: OciMount) => OciMount[]) =>
  mounts((mount) => (mount.destination === target ? change(mount) : [mount]));

/** An engine that ignores a field, or a word that was mistyped; and what ct says of it. */
const WEAKENED: readonly (readonly [string, (body: Body) => Body, RegExp])[] = [
  ['dropped capabilities', dropped('cap_drop'), /capabilities CapBnd: planned 0, seen [1-9a-f]/u],
  [
    'no_new_privileges',
    dropped('no_new_privileges'),
    /no_new_privileges: planned true, seen false/u,
  ],
  [
    'the filter: the engine takes its own',
    dropped('seccomp_profile_path'),
    /seccomp filter: planned default, seen another one/u,
  ],
  [
    'an order to the runtime',
    (body) => ({ ...body, annotations: { 'run.oci.keep_original_groups': '1' } }),
    /orders to the runtime: planned none, seen run\.oci\.keep_original_groups/u,
  ],
  ['read-only root', dropped('read_only_filesystem'), /root file system: planned read-only/u],
  ['user', (body) => ({ ...body, user: '0:0' }), /user: planned/u],
  ['keep-id', (body) => ({ ...body, userns: { nsmode: 'host' } }), /user: planned your own/u],
  [
    'network',
    (body) => ({ ...body, netns: { nsmode: 'host' } }),
    /net namespace: planned its own/u,
  ],
  ['pid namespace', (body) => ({ ...body, pidns: { nsmode: 'host' } }), /pid namespace/u],
  ['process limits', dropped('r_limits'), /limit nproc: planned/u],
  ['/dev/shm', at('/dev/shm', () => []), /\/dev\/shm: planned rw 262144k, seen r[ow] /u],
  ['unmasked /proc', (body) => ({ ...body, unmask: ['ALL'] }), /\/proc\/sys: planned read-only/u],
  [
    'a variable',
    (body) => ({ ...body, env: { ...(body['env'] as object), X: '1' } }),
    /variable X/u,
  ],
  ['a device', (body) => ({ ...body, devices: [{ path: '/dev/fuse' }] }), /mount \/dev\/fuse/u],
  [
    'tmpfs options',
    at('/run', (mount) => [
      { ...mount, options: mount.options.filter((option) => option !== 'noexec') },
    ]),
    /mount \/run: planned rw,nosuid,nodev,noexec/u,
  ],
  ['a missing tmpfs', at('/tmp', () => []), /mount \/tmp: planned a tmpfs, seen not mounted/u],
  [
    'another source',
    at('/home/ct', (mount) => [{ ...mount, source: realpathSync(project()) }]),
    /mount \/home\/ct: planned \S+ \S+, seen/u,
  ],
  [
    'a foreign mount',
    (body) => ({
      ...body,
      mounts: [
        ...(body['mounts'] as OciMount[]),
        {
          destination: '/srv',
          type: 'bind',
          source: realpathSync('/tmp'),
          options: ['bind', 'rw'],
        },
      ],
    }),
    /mount \/srv: planned not mounted/u,
  ],
];

describe('a verified launch', () => {
  it('lets a session through that is what was planned', async () => {
    const done = await runAltered((body) => body);
    expect(done.stderr).toBe('');
    expect([done.status, done.stdout.toString()]).toEqual([0, 'it ran\n']);
  });

  it.each(WEAKENED)(
    'refuses a session whose engine got another word on: %s',
    async (_, alter, says) => {
      const done = await runAltered(alter);
      expectRefusal(done, { says: /not isolated as planned/u, hint: says });
      expect(await traces()).toEqual(clean);
    },
  );

  it('refuses it when it is started in the background too', async () => {
    const done = await runAltered(dropped('cap_drop'), ['-d']);
    expectRefusal(done, { says: /not isolated as planned/u, hint: /capabilities/u });
    expect(await sessions()).toEqual([]);
  });

  it('serves no network to a program that is there before the gate, while the rules are being made', async () => {
    const cwd = project();
    const env = {
      ...alone(),
      XDG_CONFIG_HOME: configured('[network]\nallowed_domains = ["a.nowhere.test"]\n'),
    };
    const ask = `for i in $(seq 15); do timeout 1 getent hosts a.nowhere.test >>answer && break
      sleep 0.05; done; exec "$@"`;
    const early = (body: Body): Body => {
      const [init, dashes, ...entry] = body['entrypoint'] as string[];
      return { ...body, entrypoint: [init, dashes, 'bash', '-c', ask, 'early', ...entry] };
    };
    const spying = (body: Body): Body => ({ ...early(body), no_new_privileges: false });
    const refused = await runAltered(spying, ['-n', 'strict'], { cwd, env });
    expectRefusal(refused, { says: /not isolated as planned/u, hint: /no_new_privileges/u });
    // It asked, and until it was refused nobody answered.
    expect(readFileSync(`${cwd}/answer`, 'utf8')).toBe('');
    const asked = ['run', '-n', 'strict', 'shell', '-c', 'getent hosts a.nowhere.test'];
    const allowed = await ct(asked, { cwd, env });
    expect(allowed.stdout.toString(), allowed.stderr).toMatch(/^198\.18\./u);
  });

  it('is not fooled by a project that is a link when the engine comes to it', async () => {
    const real = project();
    const link = join(project(), 'link');
    symlinkSync(real, link);
    const done = await runAltered(
      mounts((mount) =>
        mount.destination.startsWith('/projects/') ? [{ ...mount, source: link }] : [mount],
      ),
    );
    expectRefusal(done, { says: /project was changed while the session started/u, hint: /./u });
  });
});

describe('limits and presets', () => {
  it('hold: files, processes, core dumps, /tmp and /dev/shm', async () => {
    const { stdout } = await inSession(
      'ulimit -n; ulimit -u; ulimit -c; df -k --output=size /tmp /dev/shm',
    );
    const [files, ...rest] = stdout.toString().split(/\s+/u);
    expect(Number(files)).toBeLessThanOrEqual(65_536);
    expect(rest.slice(0, 2)).toEqual(['4096', '0']);
    expect(rest.slice(-3, -1)).toEqual([String(2 ** 21), String(2 ** 18)]);
  });

  it('stop a program that makes processes without end, and leave the account alone', async () => {
    const script = 'for i in $(seq 200); do sleep 5 & done 2>/dev/null; ls -d /proc/[0-9]* | wc -l';
    const run = ct(['run', '--pids-limit', '64', 'shell', '-c', script]);
    expect((await inSession('echo beside it')).stdout.toString()).toBe('beside it\n');
    const done = await run;
    expect(Number(done.stdout.toString() || '0')).toBeLessThanOrEqual(64);
  });

  it('tell the program its budget', async () => {
    const { stdout } = await inSession('echo $CT_LIMIT_PIDS $CT_LIMIT_TMP_BYTES');
    expect(stdout.toString()).toBe(`4096 ${2 ** 31}\n`);
  });

  it('say so when the host cannot set what was asked for', async () => {
    const hasMemory = readFileSync('/proc/self/cgroup', 'utf8').includes('user@');
    const done = await ct(['run', '-m', '256MiB', 'shell', '-c', 'true']);
    expect(done.stderr.includes("cannot set the limit 'memory'")).toBe(!hasMemory);
    expect(done.status).toBe(0);
  });

  it('compat leaves the root file system writable, hardened does not', async () => {
    const touch = [
      'shell',
      '-c',
      'touch /var/lib/x 2>/dev/null; findmnt -no OPTIONS / || grep " / " /proc/mounts',
    ];
    expect((await ct(['run', '--preset', 'compat', ...touch])).stdout.toString()).toMatch(
      /\brw\b/u,
    );
    expect((await ct(['run', ...touch])).stdout.toString()).toMatch(/\bro\b/u);
  });

  it('are shown by ct ps as they are measured', async () => {
    const started = await ct(['run', '-d', '-n', 'offline', 'shell', '-c', 'sleep 30']);
    const list = JSON.parse((await ct(['ps', '--json'])).stdout.toString()) as {
      sessions: { id: string; preset: string; enforcement: { aspect: string; level: string }[] }[];
    };
    const session = list.sessions.find(({ id }) => id === started.stdout.toString().trim());
    expect(session?.preset).toBe('hardened');
    const levels = Object.fromEntries(
      (session?.enforcement ?? []).map(({ aspect, level }) => [aspect, level]),
    );
    expect(levels).toMatchObject({
      seccomp: 'full',
      userns: 'full',
      capabilities: 'full',
      no_new_privileges: 'full',
      read_only_root: 'full',
      network: 'full',
    });
    expect((await ct(['ps'])).stdout.toString()).toMatch(/PRESET +WEAK/u);
    await ct(['stop', '--all', '--timeout', '0s']);
  });

  it.each([
    [['--preset', 'lokced'], /no preset 'lokced'/u, /did you mean 'locked'/u],
    [['-m', '1 gig'], /--memory: expected a size/u, /.*/u],
    [['--cpus=-1'], /--cpus: expected a number/u, /.*/u],
    [['--pids-limit', '3'], /--pids-limit: expected a whole number/u, /.*/u],
  ])('refuse %j', async (args, says, hint) => {
    expectRefusal(await ct(['run', ...args, 'shell', '-c', 'true']), { says, hint });
  });
});
