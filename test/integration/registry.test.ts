import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { ct } from './support/ct.ts';
import { openTestEngine } from './support/engine-fixture.ts';
import { expectRefusal, withConfig } from './support/faults.ts';
import { testBase } from './support/image.ts';
import { podman, startRegistry, type Registry } from './support/registry.ts';

const scratch = mkdtempSync(join(realpathSync(homedir()), 'ct-pull-'));
const kind = process.env['CT_ENGINE'] === 'containerd' ? 'containerd' : 'podman';
let registry: Registry;
let before: readonly string[];

beforeAll(async () => {
  before = await images('');
  registry = await startRegistry();
  // The base image of this very installation is as good as any: it is pulled under another name.
  await registry.push(await testBase(), 'debian/base:1');
});
afterAll(async () => {
  await registry.close();
  // What the other installations made: neither images nor names stay in the account's store.
  const left = (await images('')).filter((reference) => !before.includes(reference));
  if (kind === 'podman') for (const reference of left) podman(['rmi', '--force', reference]);
  else await untag(left);
  rmSync(scratch, { recursive: true, force: true });
});

/** Another installation of ct, whose base image comes from `reference`. */
function installation(reference: string): Record<string, string> {
  const dir = mkdtempSync(join(scratch, 'xdg-'));
  const config = withConfig(dir, `[image]\nsource = "registry"\nregistry = "${reference}"\n`);
  return {
    ...config,
    XDG_STATE_HOME: `${dir}/state`,
    XDG_DATA_HOME: process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local/share'),
  };
}

async function images(part: string): Promise<readonly string[]> {
  const engine = await openTestEngine(kind);
  const all = await engine.images.list([]);
  await engine.close();
  return all.flatMap(({ references }) => references).filter((name) => name.includes(part));
}

async function untag(references: readonly string[]): Promise<void> {
  const engine = await openTestEngine(kind);
  for (const reference of references) await engine.images.remove(reference);
  await engine.close();
}

describe('a base image from a registry', () => {
  it('is pulled, built upon and run; the second time nothing is asked of the registry', async () => {
    const reference = `${registry.host}/debian/base:1`;
    const env = installation(reference);
    expect(await images(registry.host)).toEqual([]);
    const first = await ct(['run', 'shell', '-c', 'id -un; command -v catatonit node git'], {
      env,
    });
    expect(first.stderr).toMatch(/pulling the base image .*: done/u);
    expect(first.stderr).toMatch(/building/u);
    expect([first.status, first.stdout.toString()]).toEqual([
      0,
      'ct\n/usr/bin/catatonit\n/usr/bin/node\n/usr/bin/git\n',
    ]);
    registry.trust(false);
    const second = await ct(['run', 'shell', '-c', 'echo again'], { env });
    registry.trust(true);
    expect([second.stderr, second.stdout.toString()]).toEqual(['', 'again\n']);
  }, 300_000);

  it('that does not exist is named', async () => {
    const env = installation(`${registry.host}/debian/nowhere:7`);
    expectRefusal(await ct(['run', 'shell', '-c', 'true'], { env }), {
      says: /debian\/nowhere:7/u,
      hint: /./u,
    });
  });

  it('whose certificate nobody vouches for is refused, with the reason', async () => {
    registry.trust(false);
    const env = installation(`${registry.host}/debian/base:1x`);
    const done = await ct(['run', 'shell', '-c', 'true'], { env });
    registry.trust(true);
    expectRefusal(done, { says: /certificate|x509/u, hint: /./u });
  });

  it('behind a password is refused without one, with what to type', async () => {
    // user: password, by htpasswd -B
    const users = 'user:$2y$05$QWQy8rBJ5vjvqTIoFqEFeuZp5s2HL8k4lYVdqcKkYQqJb0Wq9zyJq\n';
    const closed = await startRegistry({ users });
    try {
      const env = installation(`${closed.host}/debian/base:1`);
      expectRefusal(await ct(['run', 'shell', '-c', 'true'], { env }), {
        says: /unauthorized|authentication required/u,
        hint: /podman login/u,
      });
    } finally {
      await closed.close();
    }
  });
});

describe('a registry with tokens', () => {
  const login = 'somebody:pa55word-of-theirs';
  const small = 'localhost/ct-test/small:1';
  let tokens: Registry;
  let engine: Engine;

  beforeAll(async () => {
    engine = await openTestEngine(kind);
    tokens = await startRegistry({ tokens: { login, open: 'open/small' } });
    const tar = `${scratch}/small.tar`;
    spawnSync('tar', ['-cf', tar, '-C', '/etc', 'hostname']);
    podman(['import', '--quiet', tar, small]);
    await tokens.push(small, 'open/small:1');
    await tokens.push(small, 'closed/small:1');
    podman(['rmi', '--force', small]);
  });
  afterAll(async () => {
    logIn(undefined);
    await engine.close();
    await tokens.close();
  });

  function logIn(words: string | undefined): void {
    const path = join(homedir(), '.config/containers/auth.json');
    rmSync(path, { force: true });
    if (words === undefined) return;
    const auth = Buffer.from(words).toString('base64');
    const auths = { [tokens.host]: { auth } };
    writeFileSync(path, JSON.stringify({ auths }), { mode: 0o600 });
  }

  it('gives to everybody what is for everybody', async () => {
    const reference = `${tokens.host}/open/small:1`;
    const lines: string[] = [];
    const id = await engine.images.pull(reference, { onProgress: (line) => lines.push(line) });
    expect((await engine.images.inspect(reference))?.id).toBe(id);
    expect(lines.length).toBeGreaterThan(2);
  });

  it('gives the rest to those who log in, and to nobody else', async () => {
    const reference = `${tokens.host}/closed/small:1`;
    const pull = () => engine.images.pull(reference, {});
    const refused = { code: 'unauthenticated', hint: expect.stringMatching(/podman login/u) };
    await expect(pull()).rejects.toMatchObject(refused);
    logIn('somebody:wrong-pa55word');
    await expect(pull()).rejects.toMatchObject(refused);
    await expect(pull()).rejects.not.toThrow(/pa55word/u);
    logIn(login);
    expect(await pull()).toMatch(/^[0-9a-f]{64}$/u);
    expect(await engine.images.inspect(reference)).toBeDefined();
  });
});
