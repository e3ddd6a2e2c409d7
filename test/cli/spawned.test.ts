import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensureBundle } from '../support/bundle.ts';
import { quickly } from '../support/quickly.ts';

const MAIN = resolve('dist/main.cjs');

let home: string;
let config: string;

beforeAll(ensureBundle);
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'ct-cli-'));
  config = join(home, '.config/ct/config.toml');
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the real program in a home of its own, with an environment of nothing else. */
function ct(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: home,
    env: { HOME: home, PATH: '/usr/bin:/bin', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((end) => {
    child.on('close', (status) => end({ status, stdout, stderr }));
  });
}

function writeConfig(text: string, mode = 0o600): void {
  mkdirSync(dirname(config), { recursive: true });
  writeFileSync(config, text);
  chmodSync(config, mode);
}

describe('the program', () => {
  it.each(['--version', '-V'])('tells its version with %s', async (flag) => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(await ct([flag])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  it.each([['--version'], ['--help'], ['agents', '--json'], ['completion', 'bash']])(
    'does not take an answer that could not be written for one: %s %s',
    async (...words) => {
      const args = ['-c', 'exec "$@" >/dev/full', 'sh', process.execPath, MAIN, ...words];
      const env = { HOME: home, PATH: '/usr/bin:/bin' };
      const ended = spawnSync('/bin/sh', args, { cwd: home, env, encoding: 'utf8' });
      expect([ended.status, ended.stdout]).toEqual([125, '']);
      expect(ended.stderr).toMatch(/^ct: .*(?:no space left|the disk is full)/u);
    },
  );

  it('shows help with exit status 0, on standard output', async () => {
    const { status, stdout, stderr } = await ct([]);
    expect(status).toBe(0);
    expect(stdout).toContain('usage: ct <command>');
    expect(stderr).toBe('');
  });

  it('answers a mistake on standard error with exit status 2', async () => {
    const { status, stdout, stderr } = await ct(['rnu', 'gemini']);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain("did you mean 'ct run'?");
  });

  it('has colours where they are wanted, and none in a pipe otherwise', async () => {
    expect((await ct(['run', '--help'])).stdout).not.toContain('\u001b');
    expect((await ct(['run', '--help'], { FORCE_COLOR: '1' })).stdout).toContain('\u001b[');
  });

  it('refuses a configuration of fifty megabytes at once, and leaves it', async () => {
    writeConfig('#'.repeat(50 * 1024 * 1024));
    await quickly(5000, async () => {
      const { status, stderr } = await ct(['agents']);
      expect(status).toBe(125);
      expect(stderr).toMatch(/config\.toml: is larger than 1 MiB\n {2}\S/u);
    });
    expect(readFileSync(config).length).toBe(50 * 1024 * 1024);
  });

  it('says nothing about a reader that leaves', async () => {
    const child = spawn(process.execPath, [MAIN, 'help'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const status = await new Promise((end) => child.on('close', end));
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  it('starts as a program by its first line, whatever authorities the user names', () => {
    const path = `${dirname(process.execPath)}:/usr/bin:/bin`;
    // Node would warn of a file that is not there, if it came to see the variable.
    const env = { HOME: home, PATH: path, NODE_EXTRA_CA_CERTS: '/nowhere.pem' };
    const done = spawnSync(MAIN, ['help'], { env, cwd: home, encoding: 'utf8' });
    expect(done).toMatchObject({ status: 0, stderr: '' });
    expect(done.stdout).toContain('usage: ct <command>');
  });
});

describe('the configuration file', () => {
  const readsConfig = () => ct(['network', 'list']);

  it.each([
    [
      'network.mod = "offline"',
      /config\.toml:1:1: unknown key 'network\.mod'\n {2}did you mean 'mode'/u,
    ],
    ['[network]\nmode = "strickt"', /config\.toml:2:1: network\.mode: expected one of/u],
    ['[logs]\n\nretention_days = "x"', /config\.toml:3:1: logs\.retention_days: expected a whole/u],
    ['[network', /config\.toml:1:\d+: not valid TOML/u],
  ])('with %j ends in file, line and column, and 125', async (text, message) => {
    writeConfig(text);
    const { status, stdout, stderr } = await readsConfig();
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^ +at /mu);
    expect(stdout).toBe('');
    expect(status).toBe(125);
  });

  it('is told as JSON where JSON was asked for', async () => {
    writeConfig('x = 1');
    const { status, stderr } = await ct(['network', 'list', '--json']);
    expect(status).toBe(125);
    expect(JSON.parse(stderr)).toMatchObject({
      error: { code: 'invalid_config', details: { file: config, line: 1, column: 1, key: 'x' } },
    });
  });

  it('is refused when others may write to it', async () => {
    writeConfig('', 0o666);
    const { status, stderr } = await readsConfig();
    expect(stderr).toContain(`ct: ${config}: can be written to by other accounts`);
    expect(stderr).toContain(`chmod go-w ${config}`);
    expect(status).toBe(125);
  });

  it('is refused when it is a FIFO, instead of waiting for ever', async () => {
    mkdirSync(dirname(config), { recursive: true });
    execFileSync('mkfifo', ['-m', '600', config]);
    const { status, stderr } = await readsConfig();
    expect(stderr).toContain('is not a regular file');
    expect(status).toBe(125);
  });
});

describe('the doctor', () => {
  it('works without Podman and ends with 1', async () => {
    const empty = join(home, 'bin');
    mkdirSync(empty);
    const { status, stdout } = await ct(['sys', 'doctor', '--json'], { PATH: empty });
    const report = JSON.parse(stdout) as { checks: { id: string; status: string }[] };
    expect(report.checks.map(({ id }) => id)).toContain('podman');
    expect(status).toBe(report.checks.some((check) => check.status === 'fail') ? 1 : 0);
  });
});
