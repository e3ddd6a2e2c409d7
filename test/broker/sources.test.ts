import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { masked, useMask } from '../../src/base/mask.ts';
import {
  SOURCE_ORDER,
  readSecret,
  sourcesOf,
  usedSource,
  type SecretHost,
} from '../../src/broker/sources.ts';
import { storeDir, storePath } from '../../src/broker/store.ts';
import { readProjectEnv, trustProjectEnv } from '../../src/broker/trust.ts';
import { reveal } from '../../src/secrets/secret.ts';
import { emptyHost } from './support.ts';

afterEach(() =>
  useMask({ text: (text) => text, stream: () => ({ push: (text) => text, end: () => '' }) }),
);

const setting = { command: [], file: '', env: '', timeout: 5 };

/** A host where every source has the secret A, each with a value of its own. */
async function fullHost(): Promise<SecretHost> {
  const host = emptyHost({ A: 'from-environment', A_FILE: '', OTHER: 'from-setting' });
  const keyFile = join(host.dir, 'key');
  writeFileSync(keyFile, 'from-file-variable\n', { mode: 0o600 });
  host.env['A_FILE'] = keyFile;
  writeFileSync(join(host.projectDir, '.env'), 'A=from-project-env\n');
  writeFileSync(join(host.paths.configDir, '.env'), 'A=from-user-env\n', { mode: 0o600 });
  mkdirSync(storeDir(host.paths), { mode: 0o700 });
  writeFileSync(storePath(host.paths), 'A = "from-store"\n', { mode: 0o600 });
  const project = readProjectEnv(host.projectDir, host.paths.stateDir);
  if (project !== undefined) {
    await trustProjectEnv(project, true, host.paths.stateDir);
  }
  return { ...host, settings: { A: { ...setting, env: 'OTHER' } } };
}

describe('sources', () => {
  it('are asked in the order that show-sources shows', async () => {
    let host = await fullHost();
    const sources = sourcesOf('A', host);
    expect(sources.map(({ kind }) => kind)).toEqual(SOURCE_ORDER);
    const values: string[] = [];
    for (const source of sources) values.push((await source.read()).toString().trim());
    expect(values).toEqual(SOURCE_ORDER.map((kind) => `from-${kind}`));
    host = { ...host, settings: {} };
    expect(usedSource(sourcesOf('A', host))?.kind).toBe('environment');
    host = { ...host, env: { A_FILE: host.env['A_FILE'] } };
    expect(usedSource(sourcesOf('A', host))?.kind).toBe('file-variable');
    host = { ...host, env: {} };
    expect(usedSource(sourcesOf('A', host))?.kind).toBe('project-env');
    writeFileSync(join(host.projectDir, '.env'), 'A=changed\n');
    expect(usedSource(sourcesOf('A', host))?.kind).toBe('store');
    writeFileSync(storePath(host.paths), '', { mode: 0o600 });
    expect(usedSource(sourcesOf('A', host))?.kind).toBe('user-env');
  });

  it('that the configuration names stand alone, also when they fail', async () => {
    const host = { ...(await fullHost()), settings: { A: { ...setting, env: 'NOT_SET' } } };
    await expect(readSecret('A', host)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('give a secret that is masked from then on', async () => {
    const secret = await readSecret('A', await fullHost());
    expect(secret && reveal(secret).toString()).toBe('from-setting');
    expect(masked('x from-setting y')).toBe('x [secret A] y');
  });

  it('that hold a value that cannot be delivered are named, the value is not', async () => {
    const host = { ...emptyHost({ A: 'x'.repeat(70_000) }) };
    await expect(readSecret('A', host)).rejects.toMatchObject({
      message: 'A: the value is larger than 64 KiB (from variable A)',
    });
  });

  it('of nothing are none', async () => {
    expect(await readSecret('A', emptyHost())).toBeUndefined();
    expect(sourcesOf('CONSTRUCTOR', emptyHost())).toEqual([]);
  });

  it("of a project cannot make ct read another file: NAME_FILE counts in the user's environment alone", () => {
    const host = emptyHost();
    writeFileSync(join(host.projectDir, '.env'), 'A_FILE=/etc/hostname\n');
    expect(sourcesOf('A', host)).toEqual([]);
  });
});
