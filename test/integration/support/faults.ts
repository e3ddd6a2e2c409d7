import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { createServer, connect, type Server, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { isOver } from '../../../src/host/process.ts';
import { ct, eventually, startCt, type Done } from './ct.ts';
import { openTestEngine, testPaths } from './engine-fixture.ts';

/** What a refusal must say. */
export interface Refusal {
  /** What failed, and why */
  readonly says: RegExp | string;
  /** What to do now */
  readonly hint: RegExp | string;
  /** 125 unless the documentation says otherwise */
  readonly status?: number;
}

/**
 * Fails unless `done` is one clear refusal: its status, one message with a hint, nothing on stdout and
 * no trace of ct's own code. Lines of long steps (`ct: pulling …: failed`) may stand before it.
 */
export function expectRefusal(done: Done, { says, hint, status = 125 }: Refusal): void {
  const shown = `exit status ${done.status}, stderr:\n${done.stderr}`;
  expect(done.stdout.toString(), shown).toBe('');
  expect(done.stderr, shown).not.toMatch(/^\s+at .+:\d+|node:internal|bug in ct|\bundefined\b/mu);
  const lines = done.stderr.split('\n').filter((line) => line !== '');
  const isStep = (line: string): boolean => /^ct: .*(?: …|: (?:done|failed) \(.*\))$/u.test(line);
  const said = lines.filter((line) => !isStep(line));
  expect(said[0] ?? '', shown).toMatch(/^ct: (?:[^A-Z]|[A-Z_]+ is ).*[^.]$/u);
  expect(
    said.slice(1).every((line) => line.startsWith('  ')),
    shown,
  ).toBe(true);
  expect(said[0], shown).toMatch(says);
  expect(said.slice(1).join('\n'), shown).toMatch(hint);
  expect(done.status, shown).toBe(status);
}

/** What ct could leave behind: containers, images, half-made files. */
export async function traces(): Promise<readonly string[]> {
  const engine = await openTestEngine();
  try {
    // The engine is up now. Its own word for the address is dear: Podman 5 asks dpkg for versions.
    await engine.list([]);
    const socket = `${testPaths().runtimeDir}/ct/podman.sock`;
    const containers = await ask(socket, '/containers/json?all=true&external=true');
    const images = await ask(socket, '/images/json');
    const { runtimeDir, stateDir, dataDir } = testPaths();
    const files = [`${runtimeDir}/ct`, stateDir, `${dataDir}/homes`].flatMap((dir) =>
      namesIn(dir).filter((name) => /^lent-|\.tmp$|^instance\./u.test(name)),
    );
    return [
      ...containers.map((name) => `container ${name}`),
      // One that other suites build upon ct's own goes with it, and is theirs to make again.
      ...images.filter((name) => !name.includes('/ct/test-')).map((name) => `image ${name}`),
      ...files.map((name) => `file ${name}`),
    ].sort();
  } finally {
    await engine.close();
  }
}

/** A private runtime directory: an engine of its own, or none. */
export function ownRuntime(): string {
  return mkdtempSync(join(process.env['XDG_RUNTIME_DIR'] ?? '/dev/shm', 'own-'));
}

/** An environment with a configuration of its own. */
export function withConfig(dir: string, toml: string): Record<string, string> {
  mkdirSync(`${dir}/config/ct`, { recursive: true, mode: 0o700 });
  writeFileSync(`${dir}/config/ct/config.toml`, toml, { mode: 0o600 });
  return { XDG_CONFIG_HOME: `${dir}/config` };
}

/** A running `podman system service` of the test's own. */
export interface OwnEngine {
  /** Signals all of it: a rootless podman is a process that waits for another */
  kill(signal: NodeJS.Signals): void;
  /** Settles when it has ended */
  readonly ended: Promise<unknown>;
}

/** Starts one that listens at `socket`. */
export async function startEngine(socket: string): Promise<OwnEngine> {
  const runtime = cgroupV2() ? [] : ['--runtime', 'runc'];
  const service = spawn(
    'podman',
    [...runtime, 'system', 'service', '--time', '120', `unix://${socket}`],
    { stdio: 'ignore', env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` } },
  );
  await eventually('the engine answers', async () => {
    const { status } = await ct(['ps'], { env: { CONTAINER_HOST: `unix://${socket}` } });
    return status === 0;
  });
  const pids = enginesAt(socket);
  return {
    kill: (signal) => signalAll(pids, signal),
    ended: once(service, 'exit'),
  };
}

/** argv: socket · directory of the store · seconds. Prints a line when the lock is held and the socket there. */
const LATE_SERVICE = `import fcntl, os, socket, sys, time
at, store, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
os.makedirs(store, 0o700, True)
lock = os.open(store + "/storage.lock", os.O_RDWR | os.O_CREAT, 0o600)
fcntl.lockf(lock, fcntl.LOCK_EX)
listener = socket.socket(socket.AF_UNIX)
listener.bind(at)
listener.listen(16)
service = os.fork()
if service == 0:
    os.dup2(listener.fileno(), 3, inheritable=True)
    os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
    os.execvp("podman", ["podman", "system", "service", "--time", "0"])
listener.close()
print("ready", flush=True)
time.sleep(seconds)
fcntl.lockf(lock, fcntl.LOCK_UN)
os.waitpid(service, 0)`;

/**
 * Podman's service as systemd starts it, on a socket that is there before, with a home of its own and nothing in it:
 * somebody else has the lock of its store for the first `ms`, and it answers nothing until then.
 */
export async function startLate(
  home: string,
  socket: string,
  ms: number,
): Promise<{ readonly end: () => void }> {
  const store = join(home, '.local/share/containers/storage');
  const service = spawn('python3', ['-c', LATE_SERVICE, socket, store, String(ms / 1000)], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PATH: process.env['PATH'], HOME: home, XDG_RUNTIME_DIR: dirname(socket) },
    detached: true,
  });
  await once(service.stdout, 'data');
  return { end: () => void process.kill(-(service.pid ?? 0), 'SIGKILL') };
}

/** Pids of the service that ct started for this suite. */
export function enginesOfCt(): readonly number[] {
  return enginesAt(`${testPaths().runtimeDir}/ct/podman.sock`);
}

function enginesAt(socket: string): readonly number[] {
  return pidsWhere((words) => words.includes('service') && words.includes(`unix://${socket}`));
}

function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended.
    }
  }
}

/** Ends the service as a crash would; it is gone when this returns. */
export async function killEngineOfCt(): Promise<void> {
  const pids = enginesOfCt();
  expect(pids).not.toEqual([]);
  signalAll(pids, 'SIGKILL');
  await eventually('the engine is gone', () => pids.every(isOver));
}

/** Processes of this account whose argument arrays match. */
export function pidsWhere(matches: (words: readonly string[]) => boolean): readonly number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid > 1 && !isOver(pid))
    .filter((pid) => {
      try {
        return matches(readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0'));
      } catch {
        return false;
      }
    });
}

/** A server that takes connections and never says a word. */
export async function silentListener(at: string | 0): Promise<{ port: number; close(): void }> {
  const held: Socket[] = [];
  const server = createServer((socket) => held.push(socket.on('error', () => undefined)));
  await listening(server, at);
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    close: () => {
      server.close();
      for (const socket of held) socket.destroy();
    },
  };
}

/**
 * A socket before a real engine, for faults at a known point: when a request's first line matches,
 * it does not arrive; `fault` runs and every connection breaks.
 */
export async function faultyWire(
  at: string,
  engine: string,
  match: RegExp,
  fault: () => void,
): Promise<Wire> {
  const wire = await wireWith(at, engine, match, () => {
    fault();
    wire.close();
  });
  return wire;
}

/** As `faultyWire`, but only the connection of that request breaks, after `answer` in the engine's place. */
export function answeringWire(
  at: string,
  engine: string,
  match: RegExp,
  answer: string,
): Promise<Wire> {
  return wireWith(at, engine, match, (client) => client.end(answer));
}

/** A socket before a real engine that is busy: a request whose first line matches arrives `ms` later. */
export function slowWire(at: string, engine: string, match: RegExp, ms: number): Promise<Wire> {
  return wireWith(at, engine, match, (_client, pass) => void setTimeout(pass, ms));
}

interface Wire {
  close(): void;
}

async function wireWith(
  at: string,
  engine: string,
  match: RegExp,
  onMatch: (client: Socket, pass: () => void) => void,
): Promise<Wire> {
  const all = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(engine);
    for (const socket of [client, upstream]) {
      all.add(socket);
      socket.on('error', () => undefined).on('close', () => all.delete(socket));
    }
    upstream.on('data', (chunk) => client.write(chunk)).on('close', () => client.destroy());
    client
      .on('close', () => upstream.destroy())
      .on('data', (chunk: Buffer) => {
        const pass = (): void => void upstream.write(chunk);
        if (match.test(chunk.toString('latin1').split('\r\n')[0] ?? '')) onMatch(client, pass);
        else pass();
      });
  });
  await listening(server, at);
  return {
    close: () => {
      server.close();
      for (const socket of all) socket.destroy();
    },
  };
}

/** A TCP port of loopback where nobody listens. */
export async function closedPort(): Promise<number> {
  const { port, close } = await silentListener(0);
  close();
  return port;
}

/** Runs `ct` through a shell, for what an argument array cannot say: `<&-`, a deleted directory. */
export function shellCt(
  script: string,
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Done> {
  const ctWords = `'${process.execPath}' '${process.env['CT_TEST_BIN'] ?? ''}'`;
  return startCt([], {
    input: '',
    cwd,
    env,
    program: ['/bin/sh', '-c', `ct() { ${ctWords} "$@"; }; ${script}`],
  }).finished;
}

/** Names of all that a list of the engine holds, whoever made it; what has no name by its id. */
async function ask(socketPath: string, list: string): Promise<readonly string[]> {
  const text = await new Promise<string>((resolve, reject) => {
    get({ socketPath, path: `/v4.0.0/libpod${list}` }, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      answer.on('end', () => resolve(body));
    }).on('error', reject);
  });
  const rows = JSON.parse(text) as { readonly Id: string; readonly Names?: readonly string[] }[];
  return rows.flatMap(({ Id, Names }) => Names ?? [Id]);
}

function namesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}

function cgroupV2(): boolean {
  return readdirSync('/sys/fs/cgroup').includes('cgroup.controllers');
}

function listening(server: Server, at: string | 0): Promise<void> {
  return new Promise((resolve) => {
    if (at === 0) server.listen(0, '127.0.0.1', resolve);
    else server.listen(at, resolve);
  });
}
