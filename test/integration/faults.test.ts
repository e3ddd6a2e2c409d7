import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PACKAGES_VOLUME } from '../../src/base/layout.ts';
import { currentOwner, isOver } from '../../src/host/process.ts';
import { installationId } from '../../src/host/identity.ts';
import { renderOwner } from '../../src/base/owner.ts';
import { LABEL } from '../../src/plan/labels.ts';
import { quickly } from '../support/quickly.ts';
import { containerSpec, openTestEngine, testPaths } from './support/engine-fixture.ts';
import {
  ct,
  eventually,
  inSession,
  project,
  sessions,
  startCt,
  type Listed,
} from './support/ct.ts';
import {
  answeringWire,
  closedPort,
  enginesOfCt,
  expectRefusal,
  faultyWire,
  slowWire,
  killEngineOfCt,
  ownRuntime,
  pidsWhere,
  shellCt,
  silentListener,
  startEngine,
  startLate,
  traces,
  withConfig,
} from './support/faults.ts';
import { testImage } from './support/image.ts';
import { TerminalWindow } from './support/tmux.ts';

const scratch = mkdtempSync(join(realpathSync(process.env['HOME'] ?? '/tmp'), 'ct-faults-'));
const newDir = (): string => mkdtempSync(join(scratch, 'd-'));
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

let clean: readonly string[];
const undo: (() => unknown)[] = [];

beforeAll(async () => {
  clean = await traces();
});
// Whatever the fault was: nothing may be left of it.
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
  await ct(['stop', '--all', '--timeout', '0s']);
  await expect.poll(traces, { timeout: 60_000 }).toEqual(clean);
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Waits inside until the test has made the file `go` in the project. */
const UNTIL_GO = 'until [ -e go ]; do sleep 0.1; done';

/** Starts a session in `cwd` and waits until its script has said `ready`. */
async function sessionOf(script: string, cwd = project()) {
  const child = startCt(['run', 'shell', '-c', `echo ready; ${script}`], { cwd });
  undo.push(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  const running = JSON.parse((await ct(['ps', '--json'])).stdout.toString()) as {
    sessions: readonly Listed[];
  };
  const [listed] = running.sessions;
  expect(running.sessions).toHaveLength(1);
  return { child, listed: listed as Listed };
}

/** Host pid of a container's PID 1. */
async function initPid(container: string): Promise<number> {
  const engine = await openTestEngine();
  const { pid } = await engine.inspect(container);
  await engine.close();
  return pid;
}

describe('without an engine, ct says so', () => {
  const run = ['run', 'shell', '-c', 'true'];

  it('when there is no podman', async (context) => {
    const sbin = ['/usr/local/sbin', '/usr/sbin', '/sbin'].map((dir) => `${dir}/podman`);
    if (sbin.some((path) => pathExists(path)))
      context.skip('podman is in a directory of sbin here');
    const bin = newDir();
    symlinkSync(process.execPath, `${bin}/node`);
    const env = { PATH: bin, XDG_RUNTIME_DIR: ownRuntime(), CONTAINER_HOST: undefined };
    expectRefusal(await ct(run, { env }), {
      says: 'there is no podman on this host',
      hint: /install it: sudo apt install podman/u,
    });
  });

  it('when the directory of the socket is closed', async () => {
    const runtime = ownRuntime();
    mkdirSync(`${runtime}/podman`);
    const engine = await startEngine(`${runtime}/podman/podman.sock`);
    undo.push(
      () => engine.kill('SIGKILL'),
      () => chmodSync(`${runtime}/podman`, 0o700),
    );
    chmodSync(`${runtime}/podman`, 0o000);
    expectRefusal(await ct(run, { env: { XDG_RUNTIME_DIR: runtime } }), {
      says: /podman\/podman\.sock .*owner is uid \d+ and its mode 0000/u,
      hint: `chmod u+rwx ${runtime}/podman`,
    });
    const env = { CONTAINER_HOST: `unix://${runtime}/podman/podman.sock` };
    expectRefusal(await ct(run, { env }), { says: 'CONTAINER_HOST', hint: 'CONTAINER_HOST unset' });
  });

  it('when the socket is a file', async () => {
    const runtime = ownRuntime();
    mkdirSync(`${runtime}/podman`);
    writeFileSync(`${runtime}/podman/podman.sock`, '');
    expectRefusal(await ct(run, { env: { XDG_RUNTIME_DIR: runtime } }), {
      says: /podman\.sock cannot be used: it is not a socket/u,
      hint: /move it away: mv /u,
    });
  });

  it('when CONTAINER_HOST is a machine far away', async () => {
    const env = { CONTAINER_HOST: 'ssh://user@127.0.0.1:1/run/podman.sock' };
    expectRefusal(await ct(run, { env }), {
      says: /CONTAINER_HOST is 'ssh:.*unix socket only/u,
      hint: /set CONTAINER_HOST to unix:/u,
    });
  });

  it('when nobody listens at CONTAINER_HOST, with and without a socket left behind', async () => {
    const path = `${ownRuntime()}/e.sock`;
    const refusal = {
      says: `no engine listens at ${path}, which CONTAINER_HOST names`,
      hint: /podman system service .*, or unset CONTAINER_HOST/u,
    };
    const env = { CONTAINER_HOST: `unix://${path}` };
    expectRefusal(await ct(run, { env }), refusal);
    const engine = await startEngine(path);
    engine.kill('SIGKILL');
    await engine.ended;
    expectRefusal(await ct(run, { env }), refusal);
  });

  it('within five seconds, when what listens never answers', async () => {
    const path = `${ownRuntime()}/e.sock`;
    const listener = await silentListener(path);
    undo.push(() => listener.close());
    await refusesInTime(run, path);
  });

  it('within five seconds, when what listens does not even accept', async () => {
    const path = `${ownRuntime()}/e.sock`;
    const script = `import socket, sys, time
s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(0)
c = socket.socket(socket.AF_UNIX); c.connect(sys.argv[1]); print("full", flush=True); time.sleep(60)`;
    const full = startCt([], { program: ['python3', '-c', script, path] });
    undo.push(() => full.kill('SIGKILL'));
    await once(full.stdout, 'data');
    await refusesInTime(run, path);
  });

  it('within five seconds, when podman is stopped', async () => {
    const path = `${ownRuntime()}/e.sock`;
    const engine = await startEngine(path);
    undo.push(() => engine.kill('SIGKILL'));
    engine.kill('SIGSTOP');
    await refusesInTime(run, path);
    await refusesInTime(['ps'], path);
  });

  async function refusesInTime(args: readonly string[], path: string): Promise<void> {
    // ct waits 4.5 seconds, and starts and ends besides.
    await quickly(5_500, async () => {
      const done = await ct(args, { env: { CONTAINER_HOST: `unix://${path}` } });
      expectRefusal(done, {
        says: /does not answer|does not accept/u,
        hint: /stopped or overloaded: .*run again/u,
      });
    });
  }
});

describe('an engine that is busy', () => {
  it.each([
    ['its output is followed', [], 4],
    ['it is left alone', ['-d'], 0],
  ])(
    'starts a session seconds later, which is as planned then: %s',
    async (_what, words, status) => {
      const runtime = ownRuntime();
      const engine = await startEngine(`${runtime}/e.sock`);
      undo.push(() => engine.kill('SIGKILL'));
      const start = /^POST .*\/containers\/[^/]+\/start[? ]/u;
      const wire = await slowWire(`${runtime}/w.sock`, `${runtime}/e.sock`, start, 2_500);
      undo.push(() => wire.close());
      const env = { CONTAINER_HOST: `unix://${runtime}/w.sock` };
      const done = await ct(['run', ...words, 'shell', '-c', 'exit 4'], { env });
      expect(done).toMatchObject({ status, stderr: '' });
    },
  );

  it('is waited for while it begins, as one that systemd starts when somebody connects', async () => {
    const socket = `${ownRuntime()}/late.sock`;
    const { end } = await startLate(newDir(), socket, 8_000);
    undo.push(end);
    const done = await ct(['ps'], { env: { CONTAINER_HOST: `unix://${socket}` } });
    expect(done).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('an engine that dies', () => {
  it('during a session is started again, and the session goes on', async () => {
    const cwd = project();
    const { child } = await sessionOf(`${UNTIL_GO}; echo after; exit 7`, cwd);
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await killEngineOfCt();
    await eventually(
      'ct is connected again',
      () => said.includes('connected again') || child.exitCode !== null,
    );
    writeFileSync(`${cwd}/go`, '');
    const done = await child.finished;
    expect(done.stderr).toContain('connected again, output in between is lost');
    expect(done.stdout.toString()).toBe('ready\nafter\n');
    expect(done.status).toBe(7);
  });

  it('never turns the end of a session into a success', async () => {
    const cwd = project();
    const { child, listed } = await sessionOf(`${UNTIL_GO}; exit 9`, cwd);
    const pid = await initPid(listed.container);
    child.kill('SIGSTOP');
    await killEngineOfCt();
    writeFileSync(`${cwd}/go`, '');
    await eventually('the session has ended', () => isOver(pid));
    child.kill('SIGCONT');
    const done = await child.finished;
    if (done.status === 9) return;
    expect(done.stderr).toMatch(/ended while the engine was away\n {2}.*run the command again/u);
    expect(done.status).toBe(125);
  });

  it('during ct exec never makes it a success', async () => {
    const { child, listed } = await sessionOf('sleep 60');
    const words = ['exec', listed.id, 'sh', '-c', 'echo in; sleep 2; exit 5'];
    const exec = startCt(words, { input: '' });
    undo.push(() => exec.kill('SIGKILL'));
    await once(exec.stdout, 'data');
    await killEngineOfCt();
    const done = await exec.finished;
    if (done.status !== 5) {
      expectRefusal({ ...done, stdout: Buffer.alloc(0) }, { says: /./u, hint: /\S/u });
    }
    expect((await sessions()).map(({ status }) => status)).toEqual(['running']);
    child.kill('SIGINT');
    expect((await child.finished).status).toBe(130);
  });

  it('before it has noted that a program of ct exec began never makes that a success', async () => {
    const { listed } = await sessionOf('sleep 60');
    const runtime = ownRuntime();
    const wire = await answeringWire(
      `${runtime}/w.sock`,
      `${testPaths().runtimeDir}/ct/podman.sock`,
      /^POST .*\/exec\/[^/]+\/start /u,
      'HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n',
    );
    undo.push(() => wire.close());
    const env = { CONTAINER_HOST: `unix://${runtime}/w.sock` };
    expectRefusal(await ct(['exec', listed.id, 'true'], { env }), {
      says: 'the engine does not say how the program ended',
      hint: 'whether it did its work is not known; run it again',
    });
  });

  it('during a terminal session is started again, and the terminal works on', async () => {
    const words = `'${process.execPath}' '${process.env['CT_TEST_BIN'] ?? ''}'`;
    const script = `${words} run shell; echo "status $?"; stty -a | grep -o -- '-\\?icanon'; sleep 30`;
    const window = new TerminalWindow(['bash', '-c', script], project());
    undo.push(() => window.close());
    await window.shows(/\$/u);
    window.type('echo $((40+1))', 'Enter');
    await window.shows(/^41$/mu);
    await killEngineOfCt();
    await window.shows(/connected again/u);
    window.type('echo $((40+2)); exit 8', 'Enter');
    await window.shows(/^42\r?\n(?:.*\n)*status 8\n *icanon/mu);
  });

  it('or rather sleeps, is waited for', async () => {
    const { child } = await sessionOf(
      'i=0; while [ $i -lt 20 ]; do i=$((i+1)); sleep 0.1; done; exit 3',
    );
    const pids = enginesOfCt();
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    await pause(3_000);
    for (const pid of pids) process.kill(pid, 'SIGCONT');
    expect(await child.finished).toMatchObject({ status: 3, stderr: '' });
  });

  it.each(['init', 'attach', 'start'])(
    'before %s leaves a container that the next command removes',
    async (step) => {
      const runtime = ownRuntime();
      const engine = await startEngine(`${runtime}/e.sock`);
      undo.push(() => engine.kill('SIGKILL'));
      const wire = await faultyWire(
        `${runtime}/w.sock`,
        `${runtime}/e.sock`,
        new RegExp(`^POST .*/containers/[^/]+/${step}[? ]`, 'u'),
        () => engine.kill('SIGKILL'),
      );
      undo.push(() => wire.close());
      const env = { CONTAINER_HOST: `unix://${runtime}/w.sock` };
      const done = await ct(['run', 'shell', '-c', 'echo never'], { env });
      expectRefusal(done, { says: /closed the connection|no engine listens/u, hint: /\S/u });
      expect(done.stdout.toString()).toBe('');
      expect((await sessions()).filter(({ status }) => status === 'running')).toEqual([]);
      expect(await sessions()).toEqual([]);
    },
  );

  it('of idleness does so without harm: not under a session, and the next one starts it', async () => {
    for (const pid of enginesOfCt()) process.kill(pid, 'SIGTERM');
    await eventually('the engine is gone', () => enginesOfCt().length === 0);
    const env = withConfig(newDir(), '[engine]\nidle_timeout = 5\n');
    const done = await inSession('sleep 6.5; echo late; exit 4', { env });
    expect(done).toMatchObject({ status: 4, stderr: '' });
    expect(done.stdout.toString()).toBe('late\n');
    await eventually('the engine leaves', () => enginesOfCt().length === 0);
    const next = await ct(['run', '-v', 'shell', '-c', 'exit 5'], { env: {} });
    expect(next.stderr).toContain('started podman system service');
    expect(next.status).toBe(5);
  });
});

describe('an image', () => {
  it('that was removed behind our back is made again, also after two tries were stopped', async () => {
    const image = await testImage();
    const engine = await openTestEngine();
    await engine.images.remove(image);
    await engine.close();
    const without = clean.filter((trace) => trace !== `image ${image}`);
    for (const [step, signal, status] of [
      ['building the image', 'SIGINT', 130],
      ['preparing the image', 'SIGTERM', 143],
    ] as const) {
      const child = startCt(['run', 'shell', '-c', 'true'], { input: '' });
      let said = '';
      child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
      await expect.poll(() => said, { timeout: 60_000 }).toContain(`${step} `);
      await pause(500);
      child.kill(signal);
      const stopped = await child.finished;
      expect(stopped.status, stopped.stderr).toBe(status);
      // A layer without a name may stay for the next try, which uses it or removes it.
      const named = async (): Promise<readonly string[]> =>
        (await traces()).filter((trace) => !/^image [0-9a-f]{64}$/u.test(trace));
      await expect.poll(named, { timeout: 60_000 }).toEqual(without);
    }
    const done = await inSession('echo hi');
    expect(done.stderr).toContain('building the image');
    expect(done.stdout.toString()).toBe('hi\n');
    expect(done.status).toBe(0);
  });

  const from = (image: string): Record<string, string> =>
    withConfig(newDir(), `[image]\n${image}\n`);
  const run = ['run', 'shell', '-c', 'true'];

  it('from an archive that is not there, is a directory or is none is refused', async () => {
    const path = `${newDir()}/image.tar`;
    const env = from(`source = "archive"\narchive = "${path}"`);
    expectRefusal(await ct(run, { env }), { says: `${path}: no such file`, hint: /archive|path/u });
    mkdirSync(path);
    expectRefusal(await ct(run, { env }), { says: `${path} is not a file`, hint: 'archive' });
    rmSync(path, { recursive: true });
    writeFileSync(path, 'garbage '.repeat(1000));
    expectRefusal(await ct(run, { env }), {
      says: `there is no image in ${path}`,
      hint: /OCI or docker archive.*\n.*log: /u,
    });
    const none = from('source = "archive"');
    expectRefusal(await ct(run, { env: none }), {
      says: 'does not say which file',
      hint: /archive = /,
    });
  });

  it('from a registry that cannot be reached is refused', async () => {
    const reference = `127.0.0.1:${await closedPort()}/x/debian:trixie-slim`;
    const env = from(`source = "registry"\nregistry = "${reference}"`);
    expectRefusal(await ct(run, { env }), {
      says: new RegExp(`cannot pull ${reference}: .*refused`, 'u'),
      hint: /registry cannot be reached: [^]*source = "bootstrap"/u,
    });
  });
});

describe('a home', () => {
  const run = ['run', 'shell', '-c', 'true'];

  it('that is read-only is named, and where ct could write instead', async () => {
    const home = newDir();
    const cwd = join(home, 'project');
    mkdirSync(cwd);
    chmodSync(home, 0o555);
    undo.push(() => chmodSync(home, 0o755));
    const none = { XDG_STATE_HOME: undefined, XDG_DATA_HOME: undefined, XDG_CACHE_HOME: undefined };
    const env = { ...none, XDG_CONFIG_HOME: undefined, HOME: home };
    expectRefusal(await ct(run, { env, cwd }), {
      says: `below ${home}: you may not write to it`,
      hint: /writable for your account, or set .*XDG_STATE_HOME/u,
    });
  });

  it.each(['XDG_STATE_HOME', 'XDG_DATA_HOME', 'XDG_RUNTIME_DIR'])(
    'whose %s is read-only is named',
    async (name) => {
      const dir = name === 'XDG_RUNTIME_DIR' ? ownRuntime() : newDir();
      chmodSync(dir, 0o555);
      undo.push(() => chmodSync(dir, 0o755));
      expectRefusal(await ct(run, { env: { [name]: dir } }), {
        says: `below ${dir}: you may not write to it`,
        hint: name,
      });
    },
  );

  it.each([
    ['a file', '/file', /not a directory/u],
    ['no place for directories', '/proc/self', /cannot make the directory \/proc\/self\/ct/u],
  ])('whose XDG_STATE_HOME is %s is named', async (_what, at, says) => {
    const dir = newDir();
    writeFileSync(`${dir}/file`, '');
    const env = { XDG_STATE_HOME: at.startsWith('/proc') ? at : `${dir}${at}` };
    expectRefusal(await ct(run, { env }), { says, hint: /\S/u });
  });

  it('with a directory where a file of ct should be is named', async () => {
    const dir = newDir();
    mkdirSync(`${dir}/ct/instance`, { recursive: true, mode: 0o700 });
    expectRefusal(await ct(run, { env: { XDG_STATE_HOME: dir } }), {
      says: `cannot replace ${dir}/ct/instance: a directory is in its place`,
      hint: 'move it away',
    });
  });

  it('whose cache is read-only is no hindrance', async () => {
    const dir = newDir();
    chmodSync(dir, 0o555);
    undo.push(() => chmodSync(dir, 0o755));
    expect(await ct(run, { env: { XDG_CACHE_HOME: dir } })).toMatchObject({
      status: 0,
      stderr: '',
    });
  });
});

describe('words that make no sense', () => {
  it.each([
    ['an unknown agent', ['run', 'gemni'], 125, "no agent called 'gemni'", "mean 'gemini'"],
    [
      'an agent of control characters',
      ['run', 'a\u001b[31m\n\u202e'],
      125,
      String.raw`a\\e\[31m\\n\\u202e`,
      'agents: ',
    ],
    [
      'an unknown option',
      ['run', '--bogus\u0007', 'shell'],
      125,
      String.raw`no option '--bogus\\u0007'`,
      'ct run --help',
    ],
    [
      'a network mode of garbage',
      ['run', '-n', '\u001b]0;x\u0007', 'shell'],
      125,
      'no network mode',
      'modes: ',
    ],
    [
      'a duration of garbage',
      ['stop', '--timeout', '-1e999', '--all'],
      2,
      'timeout',
      String.raw`\S`,
    ],
    [
      'a session that is not there',
      ['stop', 'zzzz'],
      125,
      "no session 'zzzz'",
      'start one|sessions:',
    ],
    [
      'a program in none',
      ['exec', 'zzzz', 'true'],
      125,
      "no session 'zzzz'",
      'start one|sessions:',
    ],
    ['a terminal of none', ['attach', 'zzzz'], 125, "no session 'zzzz'", 'start one|sessions:'],
    ['a session without a name', ['stop', ''], 125, "no session ''", 'start one|sessions:'],
  ] as const)('%s: refused', async (_what, args, status, says, hint) => {
    const done = await ct(args);
    expectRefusal(done, { status, says: new RegExp(says, 'u'), hint: new RegExp(hint, 'u') });
    // eslint-disable-next-line no-control-regex -- control characters are what this looks for
    expect(done.stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202e]/u);
  });

  it('bytes that are no text: refused', async () => {
    const done = await shellCt(`ct run "$(printf '\\377\\376')"`, project());
    expectRefusal(done, { says: 'there is no agent called', hint: 'agents: ' });
  });

  it('the beginning of several ids: refused, and nobody is ended', async () => {
    const engine = await openTestEngine();
    const image = await testImage();
    for (const id of ['zz000001', 'zz000002']) {
      const labels = {
        [LABEL.instance]: installationId(testPaths().stateDir),
        [LABEL.kind]: 'session',
        [LABEL.session]: id,
        [LABEL.owner]: renderOwner(currentOwner()),
      };
      const { id: container } = await engine.create({ ...containerSpec(image, ['true']), labels });
      undo.unshift(() => engine.remove(container));
    }
    undo.unshift(() => engine.close());
    for (const args of [
      ['stop', 'zz'],
      ['exec', 'zz', 'true'],
      ['attach', 'zz'],
    ]) {
      expectRefusal(await ct(args), {
        status: args[0] === 'stop' ? 2 : 125,
        says: "'zz' means several sessions",
        hint: /type more of one of: zz00000\d, zz00000\d/u,
      });
    }
    expectRefusal(await ct(['stop', 'zz000001', 'zz']), { status: 2, says: 'several', hint: 'zz' });
    expect(await sessions()).toHaveLength(2);
    expectRefusal(await ct(['exec', 'zz000001', 'true']), { says: 'does not run', hint: 'ct ps' });
  });
});

describe('a configuration', () => {
  it.each([
    [
      'an unknown key',
      '[network]\nmod = "x"\n',
      /config\.toml:2:1: unknown key 'network\.mod'/u,
      /mean 'mode'/u,
    ],
    [
      'a wrong type',
      '[engine]\nidle_timeout = "long"\n',
      /config\.toml:2:\d+: .*idle_timeout/u,
      /\S/u,
    ],
    [
      'a number out of range',
      '[engine]\nidle_timeout = 2\n',
      /config\.toml:2:\d+: .*idle_timeout.* 5/u,
      /\S/u,
    ],
    [
      'a syntax error',
      '[engine]\nidle_timeout = = 3\n',
      /config\.toml:2:\d+: not valid TOML/u,
      /correct/u,
    ],
    [
      'a NUL in a path',
      '[engine]\nsocket = "/a\\u0000b"\n',
      /config\.toml:2:\d+: .*socket/u,
      /\S/u,
    ],
    ['a raw NUL', '[engine]\u0000\n', /config\.toml:1:\d+: not valid TOML/u, /\S/u],
    ['a hostile key', '__proto__ = 1\n', /config\.toml:1:\d+: /u, /\S/u],
  ])(
    'with %s is refused, with the place; sessions can be seen and ended',
    async (_what, toml, says, hint) => {
      const env = withConfig(newDir(), toml);
      expectRefusal(await ct(['run', 'shell'], { env }), { says, hint });
      for (const args of [['ps'], ['stop', '--all']]) {
        const done = await ct(args, { env });
        expect([done.status, done.stderr]).toEqual([0, expect.stringMatching(says)]);
        expect(done.stderr).toContain('; what is wrong there does not count now\n');
      }
    },
  );

  it('that others may write to is refused', async () => {
    const env = withConfig(newDir(), '');
    chmodSync(`${env['XDG_CONFIG_HOME']}/ct/config.toml`, 0o620);
    expectRefusal(await ct(['run', 'shell'], { env }), {
      says: 'can be written to by other accounts',
      hint: /chmod go-w .*config\.toml/u,
    });
  });
});

describe('the current directory', () => {
  it('that was deleted is refused', async () => {
    const cwd = project();
    const done = await shellCt(`rmdir '${cwd}' && ct run shell -c true`, cwd);
    expectRefusal(done, { says: 'does not exist any more', hint: /change to your project/u });
  });

  it('that was deleted is refused by the review in the same words', async () => {
    const cwd = project();
    const done = await shellCt(`rmdir '${cwd}' && ct review`, cwd);
    expectRefusal(done, { says: 'does not exist any more', hint: /change to your project/u });
  });

  it.each(['itself', 'a directory above it'])('of which %s is closed is refused', async (which) => {
    const above = project();
    const cwd = join(above, 'inner');
    mkdirSync(cwd);
    const closed = which === 'itself' ? cwd : above;
    undo.push(() => chmodSync(closed, 0o755));
    const done = await shellCt(`chmod 0000 '${closed}' && ct run shell -c true`, cwd);
    expectRefusal(done, {
      says: `cannot use the current directory ${cwd}: permission denied`,
      hint: /readable and writable for your account/u,
    });
  });
});

describe('a process of a session that is killed from the host', () => {
  it('is an exit status of 137 when it is PID 1', async () => {
    const { child, listed } = await sessionOf('sleep 60');
    process.kill(await initPid(listed.container), 'SIGKILL');
    expect(await child.finished).toMatchObject({ status: 137, stderr: '' });
  });

  it('is never a success when it is the monitor, and no process stays', async () => {
    const { child, listed } = await sessionOf('sleep 60');
    const pid = await initPid(listed.container);
    const monitors = pidsWhere(
      (words) => words[0]?.endsWith('conmon') === true && words.includes(listed.container),
    );
    expect(monitors).toHaveLength(1);
    process.kill(monitors[0] ?? 0, 'SIGKILL');
    const done = await child.finished;
    expectRefusal(
      { ...done, stdout: Buffer.alloc(0) },
      {
        says: /its monitor \(conmon\) is gone/u,
        hint: /run the command again/u,
      },
    );
    await eventually('PID 1 is gone', () => isOver(pid));
  });
});

describe('standard streams', () => {
  it.each([
    ['stdin closed', `ct run shell -c 'cat; echo out; exit 3' <&-`, 'out\n'],
    ['stdin /dev/null', `ct run shell -c 'cat; echo out; exit 3' </dev/null`, 'out\n'],
    ['stdout closed', `ct run shell -c 'echo out; exit 3' >&-`, ''],
    ['stderr closed', `ct run shell -c 'echo err >&2; echo out; exit 3' 2>&-`, 'out\n'],
    ['all of them closed', `ct run shell -c 'cat; echo out; exit 3' <&- >&- 2>&-`, ''],
  ])('work with %s', async (_what, script, stdout) => {
    const done = await shellCt(script, project());
    expect(done.stdout.toString()).toBe(stdout);
    expect(done).toMatchObject({ status: 3, stderr: '' });
  });

  it('are pipes inside when stdin is a terminal and stdout is none', async () => {
    const cwd = project();
    const words = `'${process.execPath}' '${process.env['CT_TEST_BIN'] ?? ''}'`;
    const inside = 'test -t 0 || echo in is no terminal; read word; echo "got $word"; exit 6';
    const window = new TerminalWindow(
      [
        'bash',
        '-c',
        `${words} run shell -c '${inside}' | cat; echo "status \${PIPESTATUS[0]}"; sleep 30`,
      ],
      cwd,
    );
    undo.push(() => window.close());
    await window.shows(/in is no terminal/u);
    window.type('hello', 'Enter');
    await window.shows(/got hello\n(?:.*\n)*status 6/u);
  });
});

describe('a signal during the long first steps', () => {
  it.each([
    ['SIGINT', 130, ['run', 'shell', '-c', 'true']],
    ['SIGTERM', 143, ['run', 'shell', '-c', 'true']],
    ['SIGINT', 130, ['sys', 'init']],
    ['SIGHUP', 129, ['sys', 'init']],
  ] as const)('%s ends a pull with %i (ct %j)', async (signal, status, args) => {
    const registry = await silentListener(0);
    undo.push(() => registry.close());
    const dir = newDir();
    const reference = `127.0.0.1:${registry.port}/x/debian:trixie-slim`;
    const toml = `[image]\nsource = "registry"\nregistry = "${reference}"\n`;
    const env = { ...withConfig(dir, toml), XDG_STATE_HOME: `${dir}/s`, XDG_DATA_HOME: `${dir}/d` };
    const child = startCt(args, { env, input: '' });
    await once(child.stderr, 'data');
    await pause(300);
    const from = performance.now();
    child.kill(signal);
    const done = await child.finished;
    expect(performance.now() - from).toBeLessThan(2_000);
    expect(done.stderr).not.toMatch(/^\s+at |bug/mu);
    expect(done.stdout.toString()).toBe('');
    expect(done.status).toBe(status);
  });

  /** What an installation has made in the packages volume, if it came so far; takes it away. */
  async function namesInAgentDir(): Promise<readonly string[]> {
    const engine = await openTestEngine();
    const volume = await engine.volumes.inspect(PACKAGES_VOLUME);
    await engine.close();
    const agent = `${volume?.path ?? ''}/gemini`;
    const names = pathExists(agent) ? readdirSync(agent) : [];
    rmSync(agent, { recursive: true, force: true });
    return names;
  }

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends the installation of an agent with %i', async (signal, status) => {
    const engine = await openTestEngine();
    const volume = await engine.volumes.inspect(PACKAGES_VOLUME);
    await engine.close();
    const agent = `${volume?.path ?? ''}/gemini`;
    if (volume !== undefined && pathExists(agent)) {
      renameSync(agent, `${agent}.away`);
      undo.push(() => renameSync(`${agent}.away`, agent));
    }
    const registry = `http://127.0.0.1:${await closedPort()}/`;
    const env = { npm_config_registry: registry };
    const child = startCt(['run', 'gemini', '--version'], { env, input: '' });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await eventually('the installation begins', () => said.includes('installing'));
    await pause(1_000);
    child.kill(signal);
    const done = await child.finished;
    expect(done.status, done.stderr).toBe(status);
    expect(done.stdout.toString()).toBe('');
    expect(await namesInAgentDir()).toEqual([]);
  });
});

describe('two installations on one engine', () => {
  it('neither see, end nor clean up each other', async () => {
    const { child, listed } = await sessionOf('sleep 60');
    const env = { XDG_STATE_HOME: newDir() };
    const theirs = await ct(['ps', '-a', '--json'], { env });
    expect(JSON.parse(theirs.stdout.toString())).toMatchObject({ sessions: [] });
    expect((await ct(['stop', '--all', '--timeout', '0s'], { env })).status).toBe(0);
    expectRefusal(await ct(['stop', listed.id], { env }), { says: 'no session', hint: /\S/u });
    expect((await sessions()).map(({ status }) => status)).toEqual(['running']);
    const pid = await initPid(listed.container);
    child.kill('SIGKILL');
    await child.finished;
    expect((await ct(['ps'], { env })).status).toBe(0);
    expect(isOver(pid)).toBe(false);
    expect(await sessions()).toEqual([]);
    await eventually('ours has cleaned', () => isOver(pid));
  });
});

describe('the debugger of node', () => {
  it('does not open on SIGUSR1', async () => {
    const listener = await silentListener(`${ownRuntime()}/e.sock`);
    undo.push(() => listener.close());
    const registry = await silentListener(0);
    undo.push(() => registry.close());
    const toml = `[image]\nsource = "registry"\nregistry = "127.0.0.1:${registry.port}/x:1"\n`;
    const child = startCt(['sys', 'init'], { env: withConfig(newDir(), toml), input: '' });
    await once(child.stderr, 'data');
    child.kill('SIGUSR1');
    const done = await child.finished;
    expect(done.stderr).not.toContain('Debugger');
    expect(done.status).toBe(138);
  });
});

function pathExists(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
}
