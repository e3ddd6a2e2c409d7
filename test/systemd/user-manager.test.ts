import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ct, eventually, sessions, type Done } from '../integration/support/ct.ts';

/**
 * A host with systemd and a lingering account (`npm test -- host:systemd` boots one): the engine is
 * started by Podman's socket unit, and its containers are units of the user's manager.
 */
const uid = process.getuid?.() ?? 0;
const runtime = `/run/user/${uid}`;

const systemctl = (...words: readonly string[]): string =>
  execFileSync('systemctl', ['--user', ...words], { encoding: 'utf8' }).trim();

/** Whether a unit is active, as the one word that systemctl has for it. */
function stateOf(unit: string): string {
  try {
    return systemctl('is-active', unit);
  } catch (thrown) {
    return String((thrown as { stdout: unknown }).stdout).trim();
  }
}

/** As after a log-in: neither the socket nor the service is there. */
function stopEngine(): void {
  systemctl('stop', 'podman.socket', 'podman.service');
}

beforeAll(async () => {
  expect(process.env['XDG_RUNTIME_DIR']).toBe(runtime);
  expect(existsSync('/run/systemd/system')).toBe(true);
  const made = await ct(['sys', 'init', '-v', 'gemini']);
  process.stderr.write(made.stderr);
  expect(made.status).toBe(0);
});

afterEach(async () => {
  await ct(['stop', '--all', '--timeout', '0s']);
});

describe("podman.socket of the user's manager", () => {
  it('is started by a run that finds no engine, which says so', async () => {
    stopEngine();
    expect(stateOf('podman.socket')).toBe('inactive');
    const done = await ct(['run', '-v', 'shell', '-c', 'echo hi']);
    expect(done).toMatchObject({ status: 0 });
    expect(done.stdout.toString()).toBe('hi\n');
    expect(done.stderr).toContain('started podman.socket of your systemd');
    expect(done.stderr).not.toContain('started podman system service');
    expect(stateOf('podman.socket')).toBe('active');
    expect(existsSync(`${runtime}/podman/podman.sock`)).toBe(true);
  });

  it('is used by the next run as it is', async () => {
    const done = await ct(['run', '-vv', 'shell', '-c', 'echo again']);
    expect(done.stdout.toString()).toBe('again\n');
    expect(done.stderr).toContain(`podman at ${runtime}/podman/podman.sock`);
    expect(done.stderr).not.toContain('started podman');
  });

  it('starts one service for five runs at once', async () => {
    stopEngine();
    const runs = await Promise.all(
      Array.from({ length: 5 }, (_, index) => ct(['run', 'shell', '-c', `exit ${index}`])),
    );
    expect(runs.map(({ status }) => status)).toEqual([0, 1, 2, 3, 4]);
    expect(enginesOfCt()).toEqual([]);
  });

  it('is found by a command that has no XDG_RUNTIME_DIR', async () => {
    const env = { XDG_RUNTIME_DIR: undefined, DBUS_SESSION_BUS_ADDRESS: undefined };
    const done = await ct(['run', '-vv', 'shell', '-c', 'echo bare'], { env });
    expect(done.stdout.toString()).toBe('bare\n');
    expect(done.stderr).toContain(`podman at ${runtime}/podman/podman.sock`);
    expect(existsSync(`/dev/shm/ct-run-${uid}`)).toBe(false);
  });
});

describe('sessions', () => {
  it('run the real gemini CLI', async () => {
    const done = await ct(['run', 'gemini', '--', '--version']);
    expect(done.stdout.toString()).toMatch(/^\d+\.\d+\.\d+\S*\n$/u);
    expect(done.status).toBe(0);
  });

  // Podman's own unit leaves after five seconds without a request.
  it('outlast the idle time of the service', async () => {
    const done = await ct(['run', 'shell', '-c', 'sleep 8; echo late; exit 3']);
    expect(done.stdout.toString()).toBe('late\n');
    expect(done.status).toBe(3);
  });

  it("are scopes of the user's manager, and go on when the engine's service ends", async () => {
    const started = await ct(['run', '-d', 'shell', '-c', 'sleep 60']);
    expect(started.status).toBe(0);
    const [session] = await sessions();
    const scopes = systemctl('list-units', '--plain', '--no-legend', 'libpod-*.scope');
    expect(scopes).toContain(`libpod-${session?.container ?? 'none'}`);
    systemctl('stop', 'podman.service');
    expect((await sessions()).map(({ status }) => status)).toEqual(['running']);
    expect((await ct(['stop', session?.id ?? ''])).status).toBe(0);
    // Of this session: conmon stays for minutes after an exec in another one.
    const own = `libpod-*${session?.container ?? 'none'}*.scope`;
    await eventually('the scope is gone', () => {
      return systemctl('list-units', '--plain', '--no-legend', own) === '';
    });
  });
});

describe('the doctor', () => {
  /** What it found, by the check's id. */
  async function examine(): Promise<{ done: Done; found: Map<string, string> }> {
    const done = await ct(['sys', 'doctor', '--json']);
    const { checks } = JSON.parse(done.stdout.toString()) as {
      checks: readonly { id: string; status: string; found: string }[];
    };
    return {
      done,
      found: new Map(checks.map(({ id, status, found }) => [id, `${status}: ${found}`])),
    };
  }

  it('sees systemd, lingering, the runtime directory, crun and the socket', async () => {
    const { done, found } = await examine();
    expect(done.status).toBe(0);
    expect(found.get('lingering')).toBe('ok: lingering is on');
    expect(found.get('runtime-dir')).toBe(`ok: ${runtime}`);
    expect(found.get('oci-runtime')).toMatch(/^ok: .*crun/u);
    expect(found.get('engine')).toMatch(new RegExp(`^ok: .* at unix://${runtime}/podman/`, 'u'));
    expect(found.get('storage-driver')).toBe('ok: overlay');
  });

  it('says which limits the manager can set, as the kernel tells it', async () => {
    const own = /^0::(.*)$/mu.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1] ?? '';
    expect(own).not.toBe('');
    const slice = `/sys/fs/cgroup/user.slice/user-${uid}.slice/user@${uid}.service`;
    const controllers = readFileSync(`${slice}/cgroup.controllers`, 'utf8').trim().split(/\s+/u);
    const wanted = ['memory', 'pids', 'cpu'];
    const missing = wanted.filter((name) => !controllers.includes(name));
    const { found } = await examine();
    expect(found.get('cgroup')).toMatch(
      missing.length === 0 ? /^ok: cgroup v2/u : new RegExp(`^warn: .*${missing.join(' ')}`, 'u'),
    );
  });
});

/** Command lines of engines that ct started itself. */
function enginesOfCt(): readonly string[] {
  const lines = execFileSync('ps', ['-u', String(uid), '-o', 'args='], { encoding: 'utf8' });
  return lines
    .split('\n')
    .filter((line) => /podman .*system service.*\/ct\/podman\.sock/u.test(line));
}
