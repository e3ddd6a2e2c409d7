import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { snapshot } from '../../src/attack/bait.ts';
import { CtError } from '../../src/base/errors.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { baseReference } from '../../src/image/base.ts';
import type { SessionPlan } from '../../src/plan/plan.ts';
import { ct, project } from './support/ct.ts';
import { openTestEngine, startProgram, TEST_LABEL } from './support/engine-fixture.ts';
import {
  annotatedArchive,
  hostileArchive,
  HOLD,
  loadHostileImage,
  type ImageConfig,
  type ImageFile,
} from './support/hostile-image.ts';

/** Hostile images against the very container that `ct run` plans: attempts of src/attack/list/suite.ts. */

let engine: Engine;
let plan: SessionPlan;
const scratch = mkdtempSync(join(process.env['HOME'] ?? '/tmp', 'ct-attack-images-'));
/** A directory of the host that the images point at */
const canary = join(scratch, 'canary');
const made = { containers: [] as string[], images: [] as string[] };

beforeAll(async () => {
  engine = await openTestEngine();
  mkdirSync(canary);
  writeFileSync(join(canary, 'secret'), 'of the host\n', { mode: 0o600 });
  const printed = await ct(['run', '--dry-run', '-n', 'offline', 'shell'], { cwd: project() });
  plan = JSON.parse(printed.stdout.toString()) as SessionPlan;
  mkdirSync(plan.home, { recursive: true, mode: 0o700 });
});
afterEach(async () => {
  for (const id of made.containers.splice(0)) await engine.remove(id);
  for (const reference of made.images.splice(0)) await engine.images.remove(reference);
});
afterAll(async () => {
  for (const left of await engine.list([TEST_LABEL])) await engine.remove(left.id);
  await engine.close();
  rmSync(scratch, { recursive: true, force: true });
});

/** How a container of a hostile image came off: running with a pid, or what the engine said. */
type Start = { readonly pid: number; readonly id: string } | { readonly error: CtError };

/** The planned container of a session, made from another image and running another program. */
async function start(files: readonly ImageFile[], config: ImageConfig = {}): Promise<Start> {
  const reference = `localhost/ct/attack-${randomBytes(4).toString('hex')}:t`;
  await loadHostileImage(engine, reference, files, config);
  made.images.push(reference);
  const { sandbox } = plan.container;
  try {
    const { id } = await engine.create({
      name: `ct-attack-${randomBytes(5).toString('hex')}`,
      labels: { [TEST_LABEL]: String(process.pid) },
      autoRemove: false,
      sandbox: { ...sandbox, image: reference, args: [HOLD], terminal: false },
    });
    made.containers.push(id);
    await engine.init(id);
    return { pid: await startProgram(engine, id), id };
  } catch (thrown) {
    return { error: CtError.from(thrown) };
  }
}

async function running(files: readonly ImageFile[], config?: ImageConfig) {
  const begun = await start(files, config);
  if ('error' in begun) throw begun.error;
  return begun;
}

/** Mount points of a container with their file system type. */
function mountsOf(pid: number): ReadonlyMap<string, string> {
  return new Map(
    readFileSync(`/proc/${pid}/mountinfo`, 'utf8')
      .trim()
      .split('\n')
      .map(
        (line) => [line.split(' ')[4] ?? '', line.split(' - ')[1]?.split(' ')[0] ?? ''] as const,
      ),
  );
}

/** What is mounted, as a path of the host's file system. */
function sourcesOf(pid: number): readonly string[] {
  return readFileSync(`/proc/${pid}/mountinfo`, 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[3] ?? '');
}

function environmentOf(pid: number): readonly string[] {
  return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean);
}

const before = (): string => JSON.stringify([...snapshot(canary)]);

/** Where a run of ct finds `archive` configured as its base. */
function fromArchive(archive: string) {
  const config = mkdtempSync(join(scratch, 'config-'));
  mkdirSync(join(config, 'ct'), { mode: 0o700 });
  const text = `[image]\nsource = "archive"\narchive = "${archive}"\n`;
  writeFileSync(join(config, 'ct/config.toml'), text, { mode: 0o600 });
  return { cwd: project(), env: { XDG_CONFIG_HOME: config } };
}

describe.runIf(process.arch === 'x64')('a hostile image', () => {
  it.each(['proc', 'sys', 'run', 'tmp', 'projects', 'home', 'etc'])(
    'whose /%s is a link to the host changes nothing there (ESC-03.1)',
    async (name) => {
      const untouched = before();
      const begun = await start([{ name, link: canary }]);
      expect(before()).toBe(untouched);
      if ('error' in begun) return expect(begun.error.code).not.toBe('internal');
      const mounts = mountsOf(begun.pid);
      // Where it starts all the same, what protects lies where it was planned.
      if (name === 'proc') expect(mounts.get('/proc')).toBe('proc');
      if (name === 'sys') expect(mounts.get('/sys')).toBe('sysfs');
      expect(sourcesOf(begun.pid).filter((source) => source.startsWith(canary))).toEqual([]);
    },
  );

  it.each(['dev', 'proc', 'etc'])(
    'whose /%s is a link is refused as a base before anything of it runs (ESC-07)',
    async (name) => {
      // runc 1.1.5 makes the links of /dev in the host's directory (CVE-2026-41579).
      const untouched = before();
      const reference = `localhost/ct-attack/base-${name}:t`;
      const archive = join(scratch, `${name}.tar`);
      const others = ['dev', 'proc', 'sys', 'run', 'tmp', 'etc', 'home'].filter(
        (dir) => dir !== name,
      );
      const files = others.map((dir) => ({ name: `${dir}/keep`, text: '' }));
      writeFileSync(archive, await hostileArchive(reference, [...files, { name, link: canary }]));
      made.images.push(reference);
      const { stderr, status } = await ct(['run', 'shell', '-c', 'true'], fromArchive(archive));
      expect(stderr).toContain(`no directories in the base image: /${name}`);
      expect(status).toBe(125);
      expect(before()).toBe(untouched);
      const sha256 = createHash('sha256').update(readFileSync(archive)).digest('hex');
      expect(await engine.images.inspect(baseReference({ kind: 'archive', sha256 }))).toBe(
        undefined,
      );
    },
  );

  it('whose annotations give the runtime orders is refused as a base (ESC-18)', async () => {
    // crun takes its filter from the first; Podman hands all of them on.
    const annotations = {
      'run.oci.seccomp_bpf_data': 'AAAA',
      'run.oci.hooks.stdout': join(canary, 'new'),
      'module.wasm.image/variant': 'compat',
      'org.systemd.property.\u001b[2J': "'x'",
      'org.opencontainers.image.title': 'harmless',
    };
    const untouched = before();
    const reference = 'localhost/ct-attack/annotated:t';
    const archive = join(scratch, 'annotated.tar');
    const files = ['dev', 'proc', 'sys', 'run', 'tmp', 'etc', 'home'].map((dir) => ({
      name: `${dir}/keep`,
      text: '',
    }));
    writeFileSync(archive, await annotatedArchive(reference, files, annotations));
    made.images.push(reference);
    const { stderr, status } = await ct(['sys', 'init', '--rebuild'], fromArchive(archive));
    expect(status).toBe(125);
    expect(before()).toBe(untouched);
    // containerd hands nothing on: there it is a base like another, in which no package can be installed.
    if (process.env['CT_ENGINE'] === 'containerd') return expect(stderr).not.toContain('run.oci');
    expect(stderr).toContain(
      'module.wasm.image/variant, org.systemd.property.\\e[2J, run.oci.hooks.stdout and 1 more',
    );
    const sha256 = createHash('sha256').update(readFileSync(archive)).digest('hex');
    expect(await engine.images.inspect(baseReference({ kind: 'archive', sha256 }))).toBe(undefined);
  });

  it('whose WORKDIR is a descriptor of the runtime starts where it was planned (ESC-02.7)', async () => {
    for (const number of [3, 5, 7, 8, 9, 10]) {
      const { pid } = await running([], { WorkingDir: `/proc/self/fd/${number}` });
      expect(readlinkSync(`/proc/${pid}/cwd`)).toBe(plan.container.sandbox.cwd);
    }
  });

  it('whose WORKDIR lies behind a link makes no directory on the host (ESC-14)', async () => {
    const untouched = before();
    const begun = await start([{ name: 'work', link: canary }], { WorkingDir: '/work/sub' });
    expect(before()).toBe(untouched);
    if ('pid' in begun) {
      expect(readlinkSync(`/proc/${begun.pid}/cwd`)).toBe(plan.container.sandbox.cwd);
    }
  });

  it('with another /dev/null does not lift the masks (ESC-04)', async () => {
    const pattern = readFileSync('/proc/sys/kernel/core_pattern', 'utf8');
    const begun = await start([
      { name: 'dev/null', link: '/proc/sys/kernel/core_pattern' },
      { name: 'dev/zero', link: '/proc/sysrq-trigger' },
    ]);
    expect(readFileSync('/proc/sys/kernel/core_pattern', 'utf8')).toBe(pattern);
    if ('error' in begun) return expect(begun.error.code).not.toBe('internal');
    const lines = readFileSync(`/proc/${begun.pid}/mountinfo`, 'utf8').split('\n');
    const keys = lines.find((line) => line.split(' ')[4] === '/proc/keys');
    expect(keys).toMatch(/ \/null | tmpfs /u);
    const settings = lines.find((line) => line.split(' ')[4] === '/proc/sys');
    expect(settings?.split(' ')[5]).toMatch(/\bro\b/u);
    expect(mountsOf(begun.pid).get('/dev')).toBe('tmpfs');
  });

  it('with malformed ENV gets nothing of the engine (ESC-13.2)', async () => {
    // An engine may refuse such an image; one that takes it must pass nothing on.
    const begun = await start([], { Env: ['HOME', 'XDG*', '*', 'PATH*', 'SVCCANARY', 'A=b'] });
    if ('error' in begun) return expect(begun.error.code).not.toBe('internal');
    const planned = Object.entries(plan.container.sandbox.env).map((pair) => pair.join('='));
    const extra = environmentOf(begun.pid).filter((line) => !planned.includes(line));
    expect(extra.filter((line) => !line.startsWith('HOSTNAME='))).toEqual([]);
  });

  it('with variables that hijack programs passes none on (ESC-21.2)', async () => {
    const names = ['LD_PRELOAD', 'NODE_OPTIONS', 'BASH_ENV', 'http_proxy', 'GIT_SSH_COMMAND'];
    const { pid } = await running([], { Env: names.map((name) => `${name}=/evil`) });
    expect(environmentOf(pid).join('\n')).not.toContain('/evil');
  });

  it('runs what was planned and as whom, whatever it says (ESC-20)', async () => {
    const { pid } = await running([], {
      Entrypoint: ['/bin/evil'],
      Cmd: ['evil'],
      User: '0:0',
      Volumes: { '/evil-volume': {}, '/etc': {} },
      Healthcheck: { Test: ['CMD', '/bin/evil'], Interval: 1_000_000_000 },
      StopSignal: 'SIGWINCH',
    });
    expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0]).toBe(HOLD);
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    expect(status).toContain(`Uid:\t${process.getuid?.()}\t`);
    expect(status).toMatch(/CapBnd:\t0{16}\n/u);
    expect([...mountsOf(pid).keys()].filter((point) => /evil|^\/etc$/u.test(point))).toEqual([]);
  });

  it('with labels that give orders is made like one without (ESC-18)', async () => {
    const labels = {
      'run.oci.keep_original_groups': '1',
      'io.podman.annotations.privileged': 'TRUE',
      'io.podman.annotations.seccomp': 'unconfined',
      'io.kubernetes.cri-o.userns-mode': 'auto',
      'io.containerd.runc.v2.group': 'evil',
      'org.opencontainers.runtime-spec.hostname': 'evil',
      'ct.owner': 'evil',
    };
    const plain = await running([]);
    const labelled = await running([], { Labels: labels });
    const wall = (pid: number): string =>
      readFileSync(`/proc/${pid}/status`, 'utf8')
        .split('\n')
        .filter((line) => /^(?:Uid|Gid|Groups|Cap|NoNewPrivs|Seccomp)/u.test(line))
        .join('\n');
    expect(wall(labelled.pid)).toBe(wall(plain.pid));
    expect([...mountsOf(labelled.pid).keys()].sort()).toEqual(
      [...mountsOf(plain.pid).keys()].sort(),
    );
    const { labels: seen } = await engine.inspect(labelled.id);
    expect(seen[TEST_LABEL]).toBe(String(process.pid));
  });

  it('with a giant as /etc/passwd does not keep ct waiting (ESC-16)', async () => {
    const line = `${'x'.repeat(200)}:x:5:5::/:/bin/sh\n`;
    const began = performance.now();
    await start([{ name: 'etc/passwd', text: line.repeat(200_000) }]);
    expect(performance.now() - began).toBeLessThan(30_000);
  });
});
