import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DaemonStatus } from '../../src/daemon/wire/place.ts';
import { readyIn, type ReadySession } from '../../src/session/standby/ready.ts';
import { ct, eventually, project, type Done } from '../integration/support/ct.ts';

/** Sessions kept ready by a service that systemd confines; one life, in the order of the tests. */
const uid = String(process.getuid?.() ?? 0);
const cwd = project();
const env = { CT_STANDBY: '1' };

const systemctl = (...words: readonly string[]): number | null =>
  spawnSync('systemctl', ['--user', '--quiet', ...words]).status;

async function status(): Promise<DaemonStatus | undefined> {
  const done = await ct(['daemon', 'status', '--json']);
  return done.status === 0 ? (JSON.parse(done.stdout.toString()) as DaemonStatus) : undefined;
}

async function untilReady(): Promise<ReadySession> {
  let found: ReadySession | undefined;
  await eventually('a session waits at its gate', async () => {
    const now = await status();
    found = now && readyIn(now).find((ready) => ready.project === cwd);
    return found !== undefined;
  });
  if (found === undefined) throw new Error('there is none');
  return found;
}

const shell = (script: string): Promise<Done> =>
  ct(['run', '-vv', 'shell', '-c', script], { cwd, env });

/** Pids of engines that ct started itself. */
function ownEngines(): readonly string[] {
  const asked = ['-u', uid, '-f', 'podman .*system service .*/ct/podman.sock'];
  return spawnSync('pgrep', asked, { encoding: 'utf8' }).stdout.trim().split('\n').filter(Boolean);
}

const containers = (): string =>
  execFileSync('podman', ['ps', '--all', '--quiet'], { encoding: 'utf8' }).trim();

const log = async (): Promise<string> => (await ct(['daemon', 'logs'])).stdout.toString();

beforeAll(async () => {
  const made = await ct(['sys', 'init', '-v']);
  expect(made.status, made.stderr).toBe(0);
  expect((await ct(['daemon', 'install'])).status).toBe(0);
});

afterAll(async () => {
  systemctl('unmask', 'podman.socket');
  await ct(['stop', '--all', '--timeout', '0s']);
  await ct(['daemon', 'uninstall']);
});

describe('with podman.socket enabled', () => {
  it('a run starts no engine of its own, and does not wait for a service that is not there', async () => {
    expect(systemctl('enable', '--now', 'podman.socket')).toBe(0);
    expect(systemctl('is-active', 'ct.service')).not.toBe(0);
    const done = await shell('echo one');
    expect(done).toMatchObject({ status: 0 });
    expect(done.stderr).toContain(`engine: podman at /run/user/${uid}/podman/podman.sock`);
    expect(done.stderr).not.toContain('started podman');
    expect(done.stderr).not.toContain('no standby');
    expect(ownEngines()).toEqual([]);
  });

  it('the service prepares the next, without new privileges, and a run claims it', async () => {
    const { session } = await untilReady();
    const now = await status();
    expect(now?.bySystemd).toBe(true);
    expect(readFileSync(`/proc/${now?.pid ?? 0}/status`, 'utf8')).toMatch(/^NoNewPrivs:\t1$/mu);
    const done = await shell('echo two; exit 7');
    expect(done.stdout.toString()).toBe('two\n');
    expect(done.status).toBe(7);
    expect(done.stderr).toContain(`standby ${session} serves this run`);
  });

  it('what waits ends with the service', async () => {
    await untilReady();
    expect((await ct(['daemon', 'stop'])).status).toBe(0);
    await eventually('nothing is left', () => containers() === '');
  });
});

describe('without podman.socket', () => {
  it('the service uses the engine that a run has started, and a run claims what is ready', async () => {
    systemctl('disable', '--now', 'podman.socket');
    systemctl('stop', 'podman.service');
    expect(systemctl('mask', 'podman.socket')).toBe(0);
    expect((await ct(['daemon', 'start'])).status).toBe(0);
    const cold = await shell('echo one');
    expect(cold.stderr).toContain('started podman system service');
    const { session } = await untilReady();
    const done = await shell('echo two');
    expect(done.stdout.toString()).toBe('two\n');
    expect(done.stderr).toContain(`standby ${session} serves this run`);
  });

  it('the service starts none when that has left: what waits ends by itself', async () => {
    await untilReady();
    const engines = ownEngines();
    expect(engines).toHaveLength(1);
    for (const pid of engines) process.kill(Number(pid));
    await eventually('the engine is gone', () => ownEngines().length === 0);
    const stopped = await ct(['daemon', 'stop']);
    expect(stopped, stopped.stderr).toMatchObject({ status: 0 });
    expect(ownEngines()).toEqual([]);
    await eventually('nothing is left', () => containers() === '');
    expect(await log()).toContain('ends: the service ends');
    expect(await log()).not.toMatch(/newuidmap|throw away/u);
  });

  it('runs go on without either', async () => {
    const done = await ct(['run', '-v', 'shell', '-c', 'echo cold'], { cwd });
    expect(done.stdout.toString()).toBe('cold\n');
  });
});
