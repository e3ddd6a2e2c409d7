import { existsSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DaemonServer, type Handler } from '../../src/daemon/server.ts';
import type { DaemonStatus } from '../../src/daemon/wire/place.ts';
import { readLine } from '../../src/host/lines.ts';
import { runtimeKey } from '../../src/host/runtime-key.ts';
import { ct, eventually, startCt } from './support/ct.ts';
import { alone, listening, portOf } from './support/lab/alone.ts';
import { configured } from './support/lab/lab.ts';

/** A service of this test alone, with an echo on the host that sessions may reach. */
let echo: Server;
let rules: string;
const places: Readonly<Record<string, string>>[] = [];

beforeAll(async () => {
  echo = await listening(
    createServer((socket) => socket.pipe(socket).on('error', () => undefined)),
    '127.0.0.1',
  );
  rules = `[network]\nmode = "strict"\nallowed_domains = ["*.nowhere.test"]\nregistries = false
[network.host_services]\necho = "127.0.0.1:${portOf(echo)}"\n`;
});

afterAll(() => {
  echo.close();
});

afterEach(async () => {
  for (const env of places.splice(0)) {
    await ct(['stop', '--all', '--timeout', '0s'], { env });
    await ct(['daemon', 'stop'], { env });
  }
});

function place(more = ''): Readonly<Record<string, string>> {
  const env = { ...alone(), XDG_CONFIG_HOME: configured(rules + more) };
  places.push(env);
  return env;
}

async function statusOf(env: Readonly<Record<string, string>>): Promise<DaemonStatus> {
  const { stdout } = await ct(['daemon', 'status', '--json'], { env });
  return JSON.parse(stdout.toString()) as DaemonStatus;
}

const served = ({ parts }: DaemonStatus): readonly string[] =>
  parts['networks']?.['sessions'] as readonly string[];

async function asks(socket: string, frame: unknown): Promise<unknown> {
  const line = connect(socket);
  line.write(`${JSON.stringify(frame)}\n`);
  try {
    return await readLine(line, 20_000);
  } finally {
    line.destroy();
  }
}

describe('ct daemon', () => {
  it('starts, tells what runs, restarts and stops; doing it again is no fault', async () => {
    const env = place();
    const before = await ct(['daemon', 'status'], { env });
    expect([before.status, before.stdout.toString()]).toEqual([
      3,
      'the service does not run (not installed)\n',
    ]);
    const first = await ct(['daemon', 'start'], { env });
    expect(first).toMatchObject({ status: 0 });
    expect(first.stderr).toMatch(/^ct: the service has started: pid \d+, ct \d/u);
    const { pid, bySystemd } = await statusOf(env);
    expect(bySystemd).toBe(false);
    expect((await ct(['daemon', 'start'], { env })).stderr).toContain(`runs already: pid ${pid}`);
    expect((await ct(['daemon', 'restart'], { env })).status).toBe(0);
    const next = await statusOf(env);
    expect(next.pid).not.toBe(pid);
    const log = await ct(['daemon', 'logs'], { env });
    expect(log.stdout.toString()).toContain(`serves, pid ${pid}\n`);
    expect(log.stdout.toString()).toContain(`serves, pid ${next.pid}\n`);
    expect((await ct(['daemon', 'stop'], { env })).stderr).toBe('ct: the service has stopped\n');
    const again = await ct(['daemon', 'stop'], { env });
    expect([again.status, again.stderr]).toEqual([0, 'ct: the service does not run\n']);
    expect((await ct(['daemon', 'status', '--json'], { env })).status).toBe(3);
    expect(existsSync(`${env['XDG_RUNTIME_DIR'] ?? ''}/ct/daemon.sock`)).toBe(false);
  });

  it('starts one service, however often at once', async () => {
    const env = place();
    const all = await Promise.all(
      Array.from({ length: 4 }, () => ct(['daemon', 'start'], { env })),
    );
    expect(all.map(({ status }) => status)).toEqual([0, 0, 0, 0]);
    const pids = new Set(all.map(({ stderr }) => /pid (\d+)/u.exec(stderr)?.[1]));
    expect(pids).toEqual(new Set([String((await statusOf(env)).pid)]));
  });

  it('leaves when it has had nothing to do', async () => {
    const env = place('[daemon]\nidle_exit = 5\n');
    const { stderr } = await ct(['daemon', 'start'], { env });
    const pid = /pid (\d+)/u.exec(stderr)?.[1] ?? '';
    await eventually('it is gone', () => !existsSync(`/proc/${pid}`));
    expect((await ct(['daemon', 'status'], { env })).status).toBe(3);
    expect((await ct(['daemon', 'logs'], { env })).stdout.toString()).toContain('nothing to do');
  });

  it('goes on when its log cannot be written', async () => {
    const env = place();
    const bin = process.env['CT_TEST_BIN'] ?? '';
    const program = ['sh', '-c', 'exec "$0" "$@" 2>/dev/full', process.execPath, bin] as const;
    const service = startCt(['internal', 'daemon'], { env, program: [...program] });
    await eventually('it answers', async () => {
      return (await ct(['daemon', 'status'], { env })).status === 0;
    });
    expect((await statusOf(env)).pid).toBe(service.pid);
    await ct(['daemon', 'stop'], { env });
    expect((await service.finished).status).toBe(0);
  });

  it('ends a service that does not answer', async () => {
    const env = place();
    await ct(['daemon', 'start'], { env });
    const { pid } = await statusOf(env);
    process.kill(pid, 'SIGSTOP');
    const done = await ct(['daemon', 'restart'], { env });
    expect(done).toMatchObject({ status: 0 });
    expect((await statusOf(env)).pid).not.toBe(pid);
    await eventually('it is gone', () => !existsSync(`/proc/${pid}`));
  });
});

describe('another version', () => {
  it('as a client is refused with the remedy', async () => {
    const env = place();
    await ct(['daemon', 'start'], { env });
    const runtime = env['XDG_RUNTIME_DIR'] ?? '';
    const frame = { v: 1, ct: '0.0.1', key: runtimeKey(runtime), method: 'claim', params: null };
    expect(await asks(`${runtime}/ct/daemon.sock`, frame)).toMatchObject({
      error: {
        code: 'failed_precondition',
        hint: expect.stringContaining('ct daemon restart') as string,
      },
    });
    expect(await asks(`${runtime}/ct/daemon.sock`, { ...frame, key: 'guessed' })).toMatchObject({
      error: { code: 'permission_denied' },
    });
  });

  it('as the service is told by status, and replaced by restart', async () => {
    const env = place();
    const runtimeDir = env['XDG_RUNTIME_DIR'] ?? '';
    const old = new DaemonServer({
      runtimeDir,
      version: '99.0.0',
      handlers: new Map<string, Handler>([
        ['status', async () => ({ pid: 1, ct: '99.0.0', sinceMs: 0, memoryBytes: 0, parts: {} })],
        [
          'leave',
          async () => {
            setTimeout(() => void old.close(), 50);
            return null;
          },
        ],
      ]),
    });
    expect(await old.listen()).toBe(true);
    expect((await statusOf(env)).ct).toBe('99.0.0');
    expect((await ct(['daemon', 'restart'], { env })).status).toBe(0);
    expect((await statusOf(env)).ct).not.toBe('99.0.0');
  });
});

describe('sessions', () => {
  /** What a session says of a name, then of a way to the host and back. */
  const reaches = async (env: Readonly<Record<string, string>>, id: string): Promise<string> => {
    const script = `getent hosts a.nowhere.test
      exec 3<>/dev/tcp/echo.host.ct/${portOf(echo)} && echo there >&3 && head -1 <&3`;
    const { stdout, stderr } = await ct(['exec', id, '--', 'bash', '-c', script], { env });
    return stdout.toString() + stderr;
  };
  const NETWORK = /^198\.18\.\S+ +a\.nowhere\.test\nthere\n$/u;

  it('live on when the service is killed, and have their networks again when it starts', async () => {
    const env = place();
    await ct(['daemon', 'start'], { env });
    const ids: string[] = [];
    for (let index = 0; index < 10; index += 1) {
      const { stdout, stderr } = await ct(['run', '-d', 'shell', '-c', 'sleep 3600'], { env });
      expect(stderr).toBe('');
      ids.push(stdout.toString().trim());
    }
    const first = await statusOf(env);
    expect([...served(first)].sort()).toEqual([...ids].sort());
    // Measured: 54 to 58 MiB; the bound leaves room for another Node.
    expect(first.memoryBytes).toBeLessThan(80 * 1024 * 1024);

    process.kill(first.pid, 'SIGKILL');
    await eventually('it is gone', () => !existsSync(`/proc/${first.pid}`));
    expect((await ct(['daemon', 'start'], { env })).status).toBe(0);
    const second = await statusOf(env);
    expect([...served(second)].sort()).toEqual([...ids].sort());
    expect(existsSync(`/proc/${first.pid}`)).toBe(false);
    expect(await reaches(env, ids[0] ?? '')).toMatch(NETWORK);
    expect(await reaches(env, ids[9] ?? '')).toMatch(NETWORK);

    expect((await ct(['daemon', 'restart'], { env })).status).toBe(0);
    const third = await statusOf(env);
    expect(third.pid).not.toBe(second.pid);
    expect([...served(third)].sort()).toEqual([...ids].sort());
    expect(await reaches(env, ids[9] ?? '')).toMatch(NETWORK);

    expect((await ct(['daemon', 'stop'], { env })).status).toBe(0);
    await eventually('a process for them alone serves them', async () =>
      NETWORK.test(await reaches(env, ids[0] ?? '')),
    );
    expect((await ct(['daemon', 'start'], { env })).status).toBe(0);
    // It has taken them over from that process.
    expect([...served(await statusOf(env))].sort()).toEqual([...ids].sort());
    // One after the other: ten at once are a burden for Podman.
    for (const id of ids) {
      const gone = await ct(['stop', id, '--timeout', '0s'], { env });
      expect(gone.status, gone.stderr).toBe(0);
    }
    await eventually('it serves nobody', async () => served(await statusOf(env)).length === 0);
    // Ten sessions are begun and ended, one after the other.
  }, 900_000);

  it('in the foreground serve themselves, without a word, when the service leaves', async () => {
    const env = place();
    await ct(['daemon', 'start'], { env });
    const script = `getent hosts a.nowhere.test; read -r _
      until getent hosts b.nowhere.test; do sleep 0.2; done`;
    const child = startCt(['run', 'shell', '-c', script], { env });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    await eventually('it has begun', () => out.includes('a.nowhere.test'), 240_000);
    expect(served(await statusOf(env))).toHaveLength(1);
    await ct(['daemon', 'stop'], { env });
    child.stdin.end('go\n');
    const done = await child.finished;
    expect(done.status).toBe(0);
    expect(done.stdout.toString()).toContain('b.nowhere.test');
    expect(done.stderr).not.toContain('has ended');
  });
});
