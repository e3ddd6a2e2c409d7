import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PACKAGES_VOLUME, programsDir } from '../../src/base/layout.ts';
import type { ContainerSummary, Engine } from '../../src/engine/engine.ts';
import { ct, eventually, startCt, type Done } from './support/ct.ts';
import { openTestEngine } from './support/engine-fixture.ts';
import { startPipIndex } from './support/pip-index.ts';

/** An installation of its own: its packages change what its sessions run on, and nobody else's. */
const scratch = mkdtempSync(join(realpathSync(process.env['HOME'] ?? '/tmp'), 'ct-packages-'));
const env = { XDG_CONFIG_HOME: `${scratch}/config`, XDG_STATE_HOME: `${scratch}/state` };
const index = await startPipIndex();

function want(toml: string): void {
  mkdirSync(`${scratch}/config/ct`, { recursive: true, mode: 0o700 });
  writeFileSync(`${scratch}/config/ct/packages.toml`, toml, { mode: 0o600 });
}

const installing = { env: { ...env, PIP_INDEX_URL: index.url } };
const inside = async (script: string): Promise<Done> =>
  ct(['run', '-n', 'offline', 'shell', '-c', script], { env });

interface Info {
  readonly name: string;
  readonly state: string;
  readonly reason: string | null;
}

const infosOf = (done: Done): readonly Info[] =>
  (JSON.parse(done.stdout.toString()) as { packages: readonly Info[] }).packages;

const FIRST = '[apt]\npackages = ["tree"]\n[npm]\npackages = ["cowsay@1.6.0"]\n';

/** Everything of the first installation, as a session sees it. */
async function expectFirst(): Promise<void> {
  const done = await inside('tree --version; cowsay --version; command -v jq ct-demo');
  expect(done.stdout.toString(), done.stderr).toMatch(/^tree v[\s\S]*\n1\.6\.0\n$/u);
}

/** Kills `ct` when it says `words`; with SIGKILL it has no chance to clean up. */
async function killAt(words: string, afterMs: number, signal: NodeJS.Signals): Promise<Done> {
  const args = ['sys', 'packages', '--install'];
  const child = startCt(args, { ...installing, input: '' });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await eventually(`it says ${words}: ${said}`, () => said.includes(words), 120_000);
  // Well into the step, and not at its end.
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  child.kill(signal);
  return child.finished;
}

beforeAll(async () => {
  want(FIRST);
  const done = await ct(['sys', 'packages', '--install'], installing);
  expect(done, done.stderr).toMatchObject({ status: 0 });
});

afterAll(async () => {
  index.close();
  await ct(['sys', 'packages', '--install'], {
    env: { ...env, XDG_CONFIG_HOME: `${scratch}/none` },
  });
  await ct(['sys', 'gc'], { env });
  rmSync(scratch, { recursive: true, force: true });
});

describe('packages.toml', () => {
  it('has its packages in sessions, which cannot write to them', async () => {
    await expectFirst();
    const { stdout } = await inside('touch "$(dirname "$(command -v cowsay)")/x" 2>&1');
    expect(stdout.toString()).toContain('Read-only file system');
  });

  it('has them in programs of ct exec too', async () => {
    const args = ['run', '-d', '-n', 'offline', 'shell', '-c', 'sleep 600'];
    const id = (await ct(args, { env })).stdout.toString().trim();
    const done = await ct(['exec', id, 'cowsay', '--version'], { env });
    await ct(['stop', id, '--timeout', '0s'], { env });
    expect([done.stdout.toString(), done.status], done.stderr).toEqual(['1.6.0\n', 0]);
  });

  it('says so when it is not what was installed, and stops at a fault before anything happens', async () => {
    want(`${FIRST}[npmm]\n`);
    expect((await inside('true')).stderr).toContain('packages.toml has changed');
    const { status, stderr } = await ct(['sys', 'packages', '--install'], installing);
    expect(status).toBe(125);
    expect(stderr).toMatch(/packages\.toml:5:\d+: unknown key 'npmm'\n {2}did you mean 'npm'\?/u);
    want(FIRST);
    expect((await inside('true')).stderr).toBe('');
  });
});

describe('killed with SIGKILL', () => {
  const MORE =
    '[apt]\npackages = ["jq", "tree"]\n[npm]\npackages = ["cowsay@1.6.0", "typescript@5.4.5"]\n';

  it.each([
    ['while the layer is built', MORE, 'installing 2 Debian', 700],
    ['while the image is prepared', MORE, 'preparing the image', 700],
    [
      'while a program is installed',
      FIRST.replace('1.6.0"', '1.6.0", "typescript@5.4.5"'),
      'installing typescript',
      700,
    ],
    ['while all is verified', FIRST.replace('1.6.0"', '1.6.0", "semver@7.7.2"'), 'verifying', 100],
  ])('%s, sessions have what they had', async (_when, toml, words, afterMs) => {
    want(toml);
    await killAt(words, afterMs, 'SIGKILL');
    await expectFirst();
  });
});

/**
 * Nothing runs or waits to; sessions that have ended are removed when the engine comes to it. Gives the
 * installation's id.
 */
async function expectNoContainer(engine: Engine): Promise<string> {
  const instance = readFileSync(`${scratch}/state/ct/instance`, 'utf8').trim();
  const list = () => engine.list([`ct.instance=${instance}`]);
  const isOver = ({ status }: ContainerSummary) => status === 'exited' || status === 'removing';
  expect((await list()).filter((container) => !isOver(container))).toEqual([]);
  await eventually('no container is left', async () => (await list()).length === 0);
  return instance;
}

describe('Ctrl-C', () => {
  it('ends an installation at once, with nothing of it left and all that was there', async () => {
    want(FIRST.replace('1.6.0"', '1.6.0", "typescript@5.4.5"'));
    const { status, stderr } = await killAt('installing typescript', 100, 'SIGINT');
    expect(status, stderr).toBe(130);
    const engine = await openTestEngine();
    await expectNoContainer(engine);
    await engine.close();
    await expectFirst();
  });
});

describe('packages of managers whose registries are out of reach here', () => {
  it('cargo (Worktrunk, for one), gem, uv and mise install theirs', (context) => {
    context.skip(
      "only Debian's packages and npm can be reached from here; that a registry which cannot be reached is named is tested",
    );
  });
});

/** Fails if it can write to the volume beside its own directory; the links of a glob are other agents and entries. */
const GREEDY = [
  'for place in $CT_PREFIX/.. $CT_PREFIX/../.. /opt/ct/packages /opt/ct/packages/* /opt/ct/packages/.packages-*/*',
  'do ! touch $place/ct-was-here || exit 4; done',
  'ln -s $(command -v tree) $CT_PREFIX/bin/arbre',
].join('; ');

describe('an installation in which some fail', () => {
  it('has the others, and names those that failed with the reason', async () => {
    want(`${FIRST.replace('"tree"', '"tree", "no-such-package-of-ct"')}
[pip]\npackages = ["ct-demo", "ct-none"]\n[post_install]
commands = ["ln -s $(command -v tree) $CT_PREFIX/bin/baum", "${GREEDY}", "exit 3"]\n`);
    const done = await ct(['sys', 'packages', '--install', '--json'], installing);
    expect(done.status, done.stderr).toBe(1);
    const failed = infosOf(done).filter(({ reason }) => reason !== null);
    expect(failed.map(({ name, state }) => [name, state])).toEqual([
      ['no-such-package-of-ct', 'missing'],
      ['ct-none', 'missing'],
      ['exit 3', 'missing'],
    ]);
    expect(failed[0]?.reason).toContain('Unable to locate package');
    const run = await inside('ct-demo; baum --version; arbre --version; cowsay --version');
    expect(run.stdout.toString(), run.stderr).toMatch(
      /^ct-demo 1\.0\ntree v[\s\S]*\ntree v[\s\S]*\n1\.6\.0\n$/u,
    );
  });

  it('leaves nothing behind of those that were killed', async () => {
    const engine = await openTestEngine();
    const instance = await expectNoContainer(engine);
    const mine = [`ct.instance=${instance}`];
    const images = await engine.images.list(mine);
    expect(images.filter(({ labels }) => labels['ct.kind'] === 'layer')).toHaveLength(1);
    const root = `${(await engine.volumes.inspect(PACKAGES_VOLUME))?.path}/${programsDir(instance)}`;
    expect(readdirSync(`${root}/entries/npm`)).toEqual(['cowsay']);
    expect(readdirSync(`${root}/generations`).length).toBeLessThanOrEqual(2);
    await engine.close();
  });

  it('gives the previous generation back with ct sys gc, after showing it', async () => {
    const shown = await ct(['sys', 'gc', '--dry-run', '--json'], { env });
    const { garbage } = JSON.parse(shown.stdout.toString()) as { garbage: { kind: string }[] };
    expect(garbage.map(({ kind }) => kind)).toContain('packages');
    expect((await ct(['sys', 'gc'], { env })).status).toBe(0);
    const again = await ct(['sys', 'gc', '--dry-run', '--json'], { env });
    expect(again.stdout.toString()).not.toContain('"packages"');
    expect((await inside('ct-demo')).stdout.toString()).toBe('ct-demo 1.0\n');
  });

  it('asks before a reset, and without a terminal wants --yes', async () => {
    const { status, stderr } = await ct(['sys', 'reset'], { env });
    expect(status).toBe(125);
    expect(stderr).toContain('goes: ');
    expect(stderr).toContain('ct sys reset --yes');
    expect((await inside('ct-demo')).status).toBe(0);
  });

  it('resets with --yes what is its own, and the next session is like the first', async () => {
    const engine = await openTestEngine();
    const instance = readFileSync(`${scratch}/state/ct/instance`, 'utf8').trim();
    const others = async (): Promise<readonly string[]> =>
      (await engine.images.list([]))
        .filter(({ labels }) => labels['ct.instance'] !== instance)
        .flatMap(({ references }) => references)
        .sort();
    const before = await others();
    const done = await ct(['sys', 'reset', '--yes'], { env });
    expect(done.status, done.stderr).toBe(0);
    expect(await engine.images.list([`ct.instance=${instance}`])).toEqual([]);
    expect(existsSync(`${scratch}/state/ct/packages.json`)).toBe(false);
    expect(await others()).toEqual(before);
    const run = await inside('command -v tree; echo ok');
    expect(run.stdout.toString(), run.stderr).toBe('ok\n');
    await engine.close();
  });
});

describe('a package with an add-on of Node', () => {
  it('compiles with the npm, the compilers and the headers that are there, without a network', async () => {
    want('[apt]\npackages = ["g++", "libnode-dev", "make"]\n');
    const done = await ct(['sys', 'packages', '--install'], installing);
    expect(done.status, done.stderr).toBe(0);
    const run = await inside(`cd /tmp
      echo '{"name":"addon","version":"1.0.0","scripts":{"install":"node-gyp rebuild"}}' >package.json
      echo '{"targets":[{"target_name":"addon","sources":["addon.c"]}]}' >binding.gyp
      echo '#include <node_api.h>
        NAPI_MODULE_INIT() { napi_value it; napi_create_int32(env, 42, &it); return it; }' >addon.c
      npm install --offline >log 2>&1 || cat log
      node -p 'require("./build/Release/addon.node")'`);
    expect(run.stdout.toString(), run.stderr).toBe('42\n');
  });
});
