import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readRegistries } from '../../src/host/registries.ts';

let home: string;
let env: NodeJS.ProcessEnv;
const calls = (): number => readFileSync(join(home, 'calls'), 'utf8').length;

/** A tool that says what it is told to, and counts how often it was asked. */
function tool(name: string, script: string): void {
  const path = join(home, 'bin', name);
  writeFileSync(path, `#!/bin/sh\nprintf . >> '${home}/calls'\n${script}\n`);
  chmodSync(path, 0o755);
}

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'ct-registries-'));
  mkdirSync(join(home, 'bin'));
  mkdirSync(join(home, '.cargo'));
  writeFileSync(join(home, 'calls'), '');
  tool('npm', `echo '{"registry":"https://packages.test:4873/"}'`);
  tool('pip3', `[ "$1" = config ] && echo "global.index-url='https://pip.test/simple'"; exit 0`);
  writeFileSync(
    join(home, '.cargo/config.toml'),
    '[registries.x]\nindex = "https://crates.test/"\n',
  );
  env = { HOME: home, PATH: `${join(home, 'bin')}:/usr/bin:/bin` };
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

const read = async () =>
  (await readRegistries(env, home, join(home, 'state'))).filter(({ tool: name }) => name !== 'apt');

describe('readRegistries', () => {
  it('asks the host’s own tools, and remembers what they said', async () => {
    const expected = [
      { tool: 'npm', host: 'packages.test', port: 4873 },
      { tool: 'pip', host: 'pip.test', port: 443 },
      { tool: 'cargo', host: 'crates.test', port: 443 },
    ];
    expect(await read()).toEqual(expected);
    const asked = calls();
    expect(await read()).toEqual(expected);
    expect(calls()).toBe(asked);
    expect(statSync(join(home, 'state/registries.json')).mode & 0o777).toBe(0o600);
  });

  it('asks again when a file or a variable of theirs changes, or after a day', async () => {
    await read();
    const first = calls();
    writeFileSync(join(home, '.npmrc'), 'registry=https://other.test\n');
    await read();
    expect(calls()).toBeGreaterThan(first);
    const second = calls();
    env = { ...env, npm_config_registry: 'https://x.test' };
    await read();
    expect(calls()).toBeGreaterThan(second);
    const third = calls();
    const path = join(home, 'state/registries.json');
    const old = JSON.parse(readFileSync(path, 'utf8')) as { timeMs: number };
    writeFileSync(path, JSON.stringify({ ...old, timeMs: old.timeMs - 25 * 3600_000 }));
    await read();
    expect(calls()).toBeGreaterThan(third);
  });

  it('is content with another place for settings, until there are some for pip', async () => {
    await read();
    const asked = calls();
    env = { ...env, XDG_CONFIG_HOME: join(home, 'elsewhere') };
    await read();
    expect(calls()).toBe(asked);
    mkdirSync(join(home, 'elsewhere/pip'), { recursive: true });
    writeFileSync(join(home, 'elsewhere/pip/pip.conf'), '[global]\n');
    await read();
    expect(calls()).toBeGreaterThan(asked);
  });

  it('does without tools that fail or are not there', async () => {
    tool('npm', 'exit 1');
    rmSync(join(home, 'bin/pip3'));
    rmSync(join(home, '.cargo'), { recursive: true });
    env = { ...env, PATH: join(home, 'bin') };
    expect((await read()).filter(({ tool: name }) => name !== 'pip')).toEqual([]);
  });

  it('forgets what somebody garbled', async () => {
    await read();
    for (const text of ['', 'null', '{"stamp":1}', '[]']) {
      writeFileSync(join(home, 'state/registries.json'), text);
      utimesSync(home, 0, 0);
      expect(await read()).toHaveLength(3);
    }
  });

  it('does not fail where nothing can be remembered', async () => {
    writeFileSync(join(home, 'state'), 'a file');
    expect(await read()).toHaveLength(3);
  });
});
