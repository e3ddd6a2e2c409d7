import { copyFileSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ct,
  eventually,
  project,
  sessions,
  startCt,
  type Done,
  type Listed,
} from './support/ct.ts';
import { alone, fakeDir, listening, pathWith, portOf, removeFakes } from './support/lab/alone.ts';
import { configured, startLab, type Lab } from './support/lab/lab.ts';

let lab: Lab;
let config: string;

const CONFIG = `
[network]
mode = "strict"
allowed_domains = ["*.example.test"]
ports = ["443", "80"]
registries = false
`;

beforeAll(async () => {
  lab = await startLab();
  config = configured(CONFIG);
});

afterAll(() => {
  removeFakes();
  return lab.stop();
});

function strict(script: string): Promise<Done> {
  const env = { ...lab.env, XDG_CONFIG_HOME: config };
  return ct(['run', '-n', 'strict', 'shell', '-c', script], { env });
}

/** A run that nobody but itself serves, with one of its programs replaced. */
function withFake(name: string, script: string): Promise<Done> {
  const env = { ...alone(), PATH: pathWith(name, script), XDG_CONFIG_HOME: config };
  return ct(['run', '-n', 'strict', 'shell', '-c', 'echo begun'], { env });
}

/** The gate stayed shut: nothing of the agent ran, the reason is said, nothing is left. */
async function expectClosed({ status, stdout, stderr }: Done, why: RegExp): Promise<void> {
  expect([status, stdout.toString()]).toEqual([125, '']);
  expect(stderr).toMatch(why);
  expect(stderr).toMatch(/\n {2}/u);
  expect(await sessions()).toEqual([]);
}

describe('the gate stays closed', () => {
  it('when nft refuses the rules', async () => {
    const done = await withFake('nft', 'echo "no such kernel" >&2; exit 1');
    await expectClosed(done, /nft did not load the session's rules: .*no such kernel/u);
  });

  it('when there is no nft', async () => {
    const done = await lab.without('nft', () => strict('echo begun'));
    await expectClosed(done, /no nft on this host.*\n.*apt install nftables/u);
  });

  it('when the helper is killed while the rules are being loaded', async () => {
    await expectClosed(await withFake('nft', 'kill -9 $PPID'), /network was stopped/u);
  });

  it('when the helper is killed after it has handed over the first socket', async () => {
    const dir = fakeDir();
    // After each socket it waits for a receipt: the second time, it dies instead.
    writeFileSync(
      `${dir}/Dying.pm`,
      `package Dying; my $calls = 0;
       BEGIN { *CORE::GLOBAL::sysread = sub (*\\$$) {
         kill 9, $$ if ++$calls == 2; CORE::sysread($_[0], \${$_[1]}, $_[2]) } }
       1;`,
    );
    const done = await withFake('perl', `exec /usr/bin/perl -I${dir} -MDying "$@"`);
    await expectClosed(done, /network was stopped/u);
  });
});

describe('a resolver of the host', () => {
  it.each(['broken', 'silent'])(
    'that is %s: connections end, and both sides learn why',
    async (kind) => {
      const { stdout, stderr } = await strict(`curl -sS http://${kind}.example.test/`);
      expect(stdout.toString()).toMatch(
        /^ct: unreachable: the host's resolver does not answer for/u,
      );
      expect(stderr).toMatch(
        new RegExp(`${kind}\\.example\\.test:80 .*resolver does not answer`, 'u'),
      );
    },
  );
});

describe('a clock that jumps', () => {
  it('changes nothing: names, connections and limits go by one that nobody sets', async () => {
    const service = await listening(
      createServer((socket) => socket.pipe(socket)),
      '127.0.0.1',
    );
    const port = portOf(service);
    const cwd = project();
    copyFileSync(beside('clock.py'), `${cwd}/clock.py`);
    const clock = `${cwd}/clock`;
    writeFileSync(clock, '+0');
    const home = configured(`[network]\nmode = "strict"\nallowed_domains = ["*.wild.test"]\n
registries = false\n[network.host_services]\necho = "127.0.0.1:${port}"\n`);
    const env = alone();
    const run = startCt(['run', '-n', 'strict', 'shell', '-c', `python3 clock.py ${port}`], {
      cwd,
      env: {
        ...{ ...env, XDG_CONFIG_HOME: home, LD_PRELOAD: faketime(), FAKETIME_NO_CACHE: '1' },
        ...{ FAKETIME_TIMESTAMP_FILE: clock, FAKETIME_DONT_FAKE_MONOTONIC: '1' },
      },
    });
    await eventually(
      'the session waits',
      () => existsSync(`${cwd}/ready`) || run.exitCode !== null,
    );
    const [id = ''] = readdirSync(`${env.XDG_RUNTIME_DIR}/ct/sessions`).map((name) =>
      name.replace('.sock', ''),
    );
    for (const offset of ['+3650d', '-3650d']) {
      writeFileSync(clock, offset);
      writeFileSync(`${cwd}/jumped${offset}`, '');
      await eventually(
        'it went on',
        () => existsSync(`${cwd}/seen${offset}`) || run.exitCode !== null,
      );
    }
    const { stdout, stderr } = await run.finished;
    service.close();
    expect(stdout.toString().trim().split('\n'), stderr).toEqual([
      ...['120 names', '+3650d: old True new True', '+3650d: 0 names'],
      ...['-3650d: old True new True', '-3650d: 0 names'],
    ]);
    const log = await ct(['network', 'log', '--session', id, '--json'], {
      env: { XDG_CONFIG_HOME: home },
    });
    const years = [...log.stdout.toString().matchAll(/"time":(\d+)/gu)].map(([, time]) =>
      Math.round((Number(time) - Date.now()) / 31_557_600_000),
    );
    // The clock did jump.
    expect(
      [...new Set(years)].sort((a, b) => a - b),
      log.stderr,
    ).toEqual([-10, 0, 10]);
  });
});

describe('a gateway that is killed', () => {
  it('under load takes all connections with it at once; another one takes the session up', async () => {
    const script = `for i in $(seq 20); do
        { curl -sSN 'http://www.example.test/events?n=2000' >/tmp/load$i 2>/dev/null; echo "curl $?"; } & done
      for i in $(seq 20); do until [ -s /tmp/load$i ]; do sleep 0.1; done; done
      touch ready; while [ ! -e killed ]; do sleep 0.05; done; wait; touch closed
      for i in $(seq 60); do getent hosts other.example.test && break; sleep 0.5; done
      for i in $(seq 60); do
        curl -sS -m 2 http://www.example.test/ && break; sleep 0.5; done`;
    const cwd = project();
    const run = startCt(['run', '-n', 'strict', 'shell', '-c', script], {
      cwd,
      env: { ...lab.env, XDG_CONFIG_HOME: config },
    });
    await eventually('the load runs', () => existsSync(`${cwd}/ready`));
    process.kill(lab.owner(), 'SIGKILL');
    writeFileSync(`${cwd}/killed`, '');
    await eventually('all of it has ended', () => existsSync(`${cwd}/closed`));
    const { stdout, stderr } = await run.finished;
    expect(stdout.toString().match(/^curl (?!0$)\d+$/gmu)).toHaveLength(20);
    expect(stderr).toContain('the process that served the network has ended');
    // What serves now is ct itself, outside of the lab: the way is there again, the lab is not.
    expect(stderr).toMatch(/www\.example\.test/u);
    // An address from before stands for nothing now, and for no other name.
    expect(stdout.toString()).toMatch(/^198\.18\.16\.\d+ +other/mu);
  });
});

/** Whatever the architecture: the library that lends a process another clock. */
function faketime(): string {
  const dir = readdirSync('/usr/lib').find((name) => existsSync(`/usr/lib/${name}/faketime`));
  return `/usr/lib/${dir ?? ''}/faketime/libfaketime.so.1`;
}

function beside(name: string): string {
  return fileURLToPath(new URL(`support/lab/${name}`, import.meta.url));
}
describe('a detached session', () => {
  it('has a process that serves its network, which the next command replaces when it was killed', async () => {
    const env = {
      ...alone(),
      XDG_CONFIG_HOME: configured(
        '[network]\nmode = "strict"\nallowed_domains = ["*.nowhere.test"]\n',
      ),
    };
    const runtime = env.XDG_RUNTIME_DIR;
    const started = await ct(['run', '-d', '-n', 'strict', 'shell', '-c', 'sleep 60'], { env });
    expect(started.stderr).toBe('');
    const id = started.stdout.toString().trim();
    const resolves = async (): Promise<string> => {
      const words = ['exec', id, '--', 'getent', 'hosts', 'a.nowhere.test'];
      return (await ct(words, { env })).stdout.toString();
    };
    expect(await resolves()).toMatch(/^198\.18\./u);
    process.kill(listenerOf(`${runtime}/ct/network.sock`), 'SIGKILL');
    // The command that looks for the session starts the process again.
    await eventually('it is served again', async () => /^198\.18\./u.test(await resolves()));
    await ct(['stop', id, '--timeout', '0s'], { env });
    await eventually('nothing is left of it', () => !existsSync(`${runtime}/ct/served/${id}.json`));
  });

  it('has a process that serves others too, whose rules stay as they were changed when it is killed', async () => {
    const rules = '[network]\nmode = "strict"\nallowed_domains = ["*.nowhere.test"]\n';
    const env = { ...alone(), XDG_CONFIG_HOME: configured(rules) };
    const detached = await ct(['run', '-d', 'shell', '-c', 'sleep 600'], { env });
    const script = `getent hosts bad.nowhere.test; read -r _
      until getent hosts good.nowhere.test; do sleep 0.2; done; getent hosts bad.nowhere.test`;
    const child = startCt(['run', 'shell', '-c', script], { env });
    await once(child.stdout, 'data');
    const { stdout } = await ct(['ps', '--json'], { env });
    const { sessions: all } = JSON.parse(stdout.toString()) as { sessions: readonly Listed[] };
    const session = all.find(({ life }) => life === 'attached')?.id ?? '';
    const blocked = await ct(['network', 'block', 'bad.nowhere.test', '--session', session], {
      env,
    });
    expect(blocked).toMatchObject({ status: 0 });
    process.kill(listenerOf(`${env.XDG_RUNTIME_DIR}/ct/network.sock`), 'SIGKILL');
    child.stdin.end('go\n');
    const done = await child.finished;
    expect(done.stderr).toContain('this one does it now');
    const names = done.stdout.toString().match(/\S+\.nowhere\.test/gu);
    expect(names, done.stderr).toEqual(['bad.nowhere.test', 'good.nowhere.test']);
    await ct(['stop', detached.stdout.toString().trim(), '--timeout', '0s'], { env });
  });
});

/** Pid of the process that has started with the runtime directory of `socket` and serves networks. */
function listenerOf(socket: string): number {
  const runtime = socket.slice(0, socket.indexOf('/ct/network.sock'));
  const pid = readdirSync('/proc').find((name) => {
    if (!/^\d+$/u.test(name)) return false;
    try {
      const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
      if (!words.includes('serve')) return false;
      const environment = readFileSync(`/proc/${name}/environ`, 'utf8').split('\0');
      return environment.includes(`XDG_RUNTIME_DIR=${runtime}`);
    } catch {
      return false;
    }
  });
  if (pid === undefined) throw new Error(`nobody serves networks in ${runtime}`);
  return Number(pid);
}
