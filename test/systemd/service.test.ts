import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DaemonStatus } from '../../src/daemon/wire/place.ts';
import { ct, eventually, type Done } from '../integration/support/ct.ts';

/** The service as units of the user's manager; one life, in the order of the tests. */
const home = process.env['HOME'] ?? '';
const units = `${home}/.config/systemd/user`;

const systemctl = (...words: readonly string[]): string =>
  String(spawnSync('systemctl', ['--user', ...words], { encoding: 'utf8' }).stdout).trim();

async function statusOf(): Promise<DaemonStatus | undefined> {
  const { stdout, status } = await ct(['daemon', 'status', '--json']);
  return status === 0 ? (JSON.parse(stdout.toString()) as DaemonStatus) : undefined;
}

const served = async (): Promise<readonly string[]> =>
  ((await statusOf())?.parts['networks']?.['sessions'] ?? []) as readonly string[];

const resolves = (id: string): Promise<Done> =>
  ct(['exec', id, '--', 'getent', 'hosts', 'localhost.nowhere.test']);

/** A detached session; its id. */
async function detached(...options: readonly string[]): Promise<string> {
  const done = await ct(['run', '-d', ...options, 'shell', '-c', 'sleep 3600']);
  expect(done.stderr).toBe('');
  return done.stdout.toString().trim();
}

let strict = '';
let permissive = '';

beforeAll(async () => {
  mkdirSync(`${home}/.config/ct`, { recursive: true });
  writeFileSync(
    `${home}/.config/ct/config.toml`,
    '[network]\nmode = "strict"\nallowed_domains = ["*.nowhere.test"]\nregistries = false\n',
    { mode: 0o600 },
  );
  const made = await ct(['sys', 'init', '-v']);
  expect(made.status, made.stderr).toBe(0);
});

afterAll(async () => {
  await ct(['stop', '--all', '--timeout', '0s']);
  await ct(['daemon', 'uninstall']);
});

describe('ct daemon install', () => {
  it('shows what it would write, and writes nothing', async () => {
    const { stdout, status } = await ct(['daemon', 'install', '--dry-run']);
    expect(status).toBe(0);
    expect(stdout.toString()).toContain(`# ${units}/ct.socket\n`);
    expect(stdout.toString()).toContain('ListenStream=%t/ct/daemon.sock');
    expect(existsSync(`${units}/ct.socket`)).toBe(false);
  });

  it('has systemd listen in place of a service that runs without it', async () => {
    await ct(['daemon', 'start']);
    expect((await statusOf())?.bySystemd).toBe(false);
    const done = await ct(['daemon', 'install']);
    expect(done, done.stderr).toMatchObject({ status: 0 });
    expect(done.stderr).toContain(`written: ${units}/ct.service`);
    // This account's manager stays when it logs out.
    expect(done.stderr).not.toContain('enable-linger');
    expect(lstatSync(`${units}/ct.service`).mode & 0o777).toBe(0o600);
    expect(systemctl('is-enabled', 'ct.socket')).toBe('enabled');
    expect(systemctl('is-active', 'ct.socket')).toBe('active');
    expect(systemctl('is-active', 'ct.service')).toBe('inactive');
    const status = await ct(['daemon', 'status']);
    expect([status.status, status.stdout.toString()]).toEqual([
      3,
      'the service does not run (your systemd starts it when it is needed)\n',
    ]);
  });

  it('changes nothing when it is done again', async () => {
    const done = await ct(['daemon', 'install']);
    expect([done.status, done.stderr]).toEqual([
      0,
      'ct: your systemd starts the service when it is needed\n',
    ]);
  });

  it('makes units that systemd finds no fault with, and rates', () => {
    const verified = spawnSync(
      'systemd-analyze',
      ['--user', 'verify', `${units}/ct.service`, `${units}/ct.socket`],
      { encoding: 'utf8' },
    );
    expect(
      verified.stderr.split('\n').filter((line) => /\/ct\.(?:service|socket)/u.test(line)),
    ).toEqual([]);
    const rated = spawnSync('systemd-analyze', ['--user', 'security', '--no-pager', 'ct.service'], {
      encoding: 'utf8',
    });
    const level = Number(/exposure level for ct\.service: ([\d.]+)/u.exec(rated.stdout)?.[1]);
    // What docs/guide/service.md states; another systemd may weigh a little otherwise.
    expect(level, rated.stdout).toBeLessThanOrEqual(7.6);
  });
});

describe('the service', () => {
  it('is started by the first session that needs it', async () => {
    strict = await detached();
    const status = await statusOf();
    expect(status?.bySystemd).toBe(true);
    expect(await served()).toEqual([strict]);
    expect((await resolves(strict)).stdout.toString()).toMatch(/^198\.18\./u);
    permissive = await detached('-n', 'permissive');
    expect(await served()).toContain(permissive);
    const routes = await ct(['exec', permissive, '--', 'cat', '/proc/net/route']);
    expect(routes.stdout.toString().split('\n').length).toBeGreaterThan(2);
  });

  it('keeps a program ready for ct exec, confined as it is itself', async () => {
    expect((await ct(['exec', strict, 'true'])).status).toBe(0);
    await eventually('a program waits', async () => {
      const ready = (await statusOf())?.parts['launchers']?.['ready'] as readonly string[];
      return ready.includes(strict);
    });
    const done = await ct(['exec', '-vv', strict, 'id', '-u']);
    expect([done.stdout.toString(), done.status]).toEqual(['1000\n', 0]);
    expect(done.stderr).toMatch(/waited in session [0-9a-f]{8} serves this exec/u);
  });

  it('is started again by systemd when it is killed, and has the sessions', async () => {
    const before = await statusOf();
    process.kill(before?.pid ?? 0, 'SIGKILL');
    await eventually('it is back', async () => {
      const pid = (await statusOf())?.pid;
      return pid !== undefined && pid !== before?.pid;
    });
    expect([...(await served())].sort()).toEqual([strict, permissive].sort());
    expect((await resolves(strict)).stdout.toString()).toMatch(/^198\.18\./u);
  });

  it('is replaced in place, also by a ct of another version elsewhere', async () => {
    const before = await statusOf();
    expect((await ct(['daemon', 'restart'])).status).toBe(0);
    const after = await statusOf();
    expect(after?.pid).not.toBe(before?.pid);
    expect([...(await served())].sort()).toEqual([strict, permissive].sort());

    const bin = process.env['CT_TEST_BIN'] ?? '';
    const next = otherVersion(bin);
    const early = await ct(['daemon', 'status'], { program: [process.execPath, next] });
    expect(early.stdout.toString()).not.toContain('99.0.0');
    const done = await ct(['daemon', 'restart'], { program: [process.execPath, next] });
    expect(done, done.stderr).toMatchObject({ status: 0 });
    expect(done.stderr).toContain('ct 99.0.0');
    expect(readFileSync(`${units}/ct.service`, 'utf8')).toContain(next);
    expect((await resolves(strict)).stdout.toString()).toMatch(/^198\.18\./u);
    // And back, as after a downgrade.
    expect((await ct(['daemon', 'restart'])).status).toBe(0);
    expect((await statusOf())?.ct).not.toBe('99.0.0');
  });

  it('is started by whoever looks for a session that has lost its network', async () => {
    systemctl('stop', 'ct.service');
    expect(systemctl('is-active', 'ct.service')).toBe('inactive');
    expect((await ct(['ps'])).status).toBe(0);
    await eventually('they are served', async () => (await served()).length === 2);
    expect((await resolves(strict)).stdout.toString()).toMatch(/^198\.18\./u);
  });

  it('writes its log where ct looks for it', async () => {
    const { stdout } = await ct(['daemon', 'logs']);
    expect(stdout.toString()).toMatch(/serves, pid \d+, for systemd\n/u);
    expect(stdout.toString()).toContain('leaves: a signal came');
  });

  it('stops with its socket, and starts again', async () => {
    expect((await ct(['daemon', 'stop'])).status).toBe(0);
    expect(systemctl('is-active', 'ct.socket')).toBe('inactive');
    await eventually('the session has a network', async () => {
      return (await resolves(strict)).stdout.toString().startsWith('198.18.');
    });
    expect((await ct(['daemon', 'start'])).status).toBe(0);
    expect([...(await served())].sort()).toEqual([strict, permissive].sort());
  });
});

describe('a service that cannot start', () => {
  const unit = `${units}/ct.service`;
  const spoil = (from: string, to: string): void => {
    writeFileSync(unit, readFileSync(unit, 'utf8').replaceAll(from, to));
    systemctl('daemon-reload');
  };

  it('is told by the command that starts it, and why by the log and the journal', async () => {
    await ct(['daemon', 'stop']);
    spoil('dist/main.cjs', 'dist/gone.cjs');
    const done = await ct(['daemon', 'start']);
    expect(done.status).toBe(125);
    expect(done.stderr).toContain('the service ends as soon as it has started');
    expect(done.stderr).toContain('journalctl --user -u ct.service');
    expect((await ct(['daemon', 'logs'])).stdout.toString()).toMatch(/Cannot find module .*gone/u);
    const asked = ['--user', '--quiet', '--no-pager', '--unit', 'ct.service'];
    const journal = spawnSync('journalctl', asked, { encoding: 'utf8' }).stdout;
    expect(journal).toContain('Started ct.service');
    expect(journal).toContain("ct.service: Failed with result 'exit-code'");
  });

  it('keeps no session from running', async () => {
    const done = await ct(['run', 'shell', '-c', 'getent hosts localhost.nowhere.test']);
    expect(done.stdout.toString()).toMatch(/^198\.18\./u);
  });

  it('is mended by another installation', async () => {
    expect((await ct(['daemon', 'install'])).stderr).toContain(`written: ${unit}`);
    expect((await ct(['daemon', 'start'])).status).toBe(0);
    expect([...(await served())].sort()).toEqual([strict, permissive].sort());
  });
});

describe('ct daemon uninstall', () => {
  it('takes the units away and leaves sessions their networks; again, it has nothing to do', async () => {
    const shown = await ct(['daemon', 'uninstall', '--dry-run']);
    expect(shown.stdout.toString()).toBe(`${units}/ct.socket\n${units}/ct.service\n`);
    const done = await ct(['daemon', 'uninstall']);
    expect(done, done.stderr).toMatchObject({ status: 0 });
    expect(existsSync(`${units}/ct.service`)).toBe(false);
    expect(systemctl('list-unit-files', '--no-legend', 'ct.*')).toBe('');
    await eventually('the session has a network', async () => {
      return (await resolves(strict)).stdout.toString().startsWith('198.18.');
    });
    const again = await ct(['daemon', 'uninstall']);
    expect([again.status, again.stderr]).toEqual([0, 'ct: the service is not installed\n']);
  });

  it('leaves alone what ct has not written, and install refuses it', async () => {
    writeFileSync(`${units}/ct.service`, '[Service]\nExecStart=/bin/true\n');
    for (const word of ['install', 'uninstall']) {
      const done = await ct(['daemon', word]);
      expect(done.status).toBe(125);
      expect(done.stderr).toContain('ct has not written it');
    }
    execFileSync('rm', [`${units}/ct.service`]);
  });
});

/** A copy of this ct that says it is another version; its program. */
function otherVersion(bin: string): string {
  const root = dirname(dirname(bin));
  const copy = mkdtempSync(join(home, 'next-'));
  for (const part of ['dist', 'templates', 'seccomp', 'bench']) {
    cpSync(join(root, part), join(copy, part), { recursive: true });
  }
  const version = execFileSync(process.execPath, [bin, '--version'], { encoding: 'utf8' }).trim();
  const files = readdirSync(join(copy, 'dist')).filter((name) => name.endsWith('.cjs'));
  for (const file of files) {
    const path = join(copy, 'dist', file);
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(`"${version}"`, '"99.0.0"'));
  }
  return join(copy, 'dist/main.cjs');
}
