import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { ct, eventually, sessions, startCt } from './support/ct.ts';
import { PartsRead } from './support/parts-read.ts';
import { testPaths } from './support/engine-fixture.ts';
import { Kept, killService, shell, status } from './support/kept.ts';
import { more, remains } from './support/remains.ts';
import { secretConfig } from './support/secret-config.ts';
import { TerminalWindow } from './support/tmux.ts';

/** Sessions that the service keeps ready: the real service, engine and gate. */
const ON = '[daemon]\nstandby = 1\n';

const standbys = new Kept('standbys');

const stubsIn = (dir: string): readonly string[] =>
  readdirSync(dir).filter((name) => name.startsWith('.'));

afterEach(async () => {
  await ct(['stop', '--all', '--timeout', '0s']);
});

afterAll(async () => {
  await ct(['daemon', 'stop']);
});

describe('a run that claims a standby', () => {
  it('is as any other: words, streams, files, exit status', async () => {
    const config = secretConfig(ON);
    const session = await standbys.prepared(config);
    const done = await ct(
      [
        'run',
        '-vv',
        'shell',
        '-c',
        'printf "%s|" "$@"; cat; echo err >&2; pwd; echo x >made; exit 37',
        'sh',
        'two words',
        '',
        'a\nb\n',
        '$(id) "q" \\ ü',
      ],
      { ...config.run, input: Buffer.from([0, 1, 255, 10]) },
    );
    expect(standbys.servedBy(done)).toBe(session);
    expect(done.status).toBe(37);
    expect(done.stdout.subarray(0, -Buffer.byteLength('/projects/sample\n'))).toEqual(
      Buffer.concat([
        Buffer.from('two words||a\nb\n|$(id) "q" \\ ü|'),
        Buffer.from([0, 1, 255, 10]),
      ]),
    );
    expect(done.stderr).toMatch(/^err$/mu);
    expect(readFileSync(join(config.cwd, 'made'), 'utf8')).toBe('x\n');
  });

  it('reads of the program what it needs, as a cold one does with a service and without', async () => {
    const parts = new PartsRead();
    const config = secretConfig(ON);
    const run = { ...config.run, env: { ...config.run.env, ...parts.env } };
    const cold = { ...run, env: { ...run.env, CT_STANDBY: '0' } };
    const session = await standbys.prepared({ ...config, run });
    parts.take();
    expect(standbys.servedBy(await shell('true', run))).toBe(session);
    expect(parts.take()).toEqual(['cli.cjs', 'config.cjs', 'engine.cjs']);
    expect(standbys.servedBy(await shell('true', cold))).toBeUndefined();
    expect(parts.take()).toEqual(['cli.cjs', 'config.cjs', 'engine.cjs']);
    await ct(['daemon', 'stop'], run);
    // The service that leaves keeps compiled code as well.
    const alone = new PartsRead();
    const unserved = { ...cold, env: { ...cold.env, ...alone.env } };
    expect((await shell('true', unserved)).status).toBe(0);
    expect(alone.take()).toEqual(['cli.cjs', 'config.cjs', 'engine.cjs', 'gateway.cjs']);
  });

  it('is listed, entered and ended by its name, which nobody sees before', async () => {
    const config = secretConfig(ON);
    const session = await standbys.prepared(config);
    expect((await sessions()).map(({ id }) => id)).not.toContain(session);
    const child = startCt(['run', 'shell', '-c', 'echo ready; exec sleep 60'], config.run);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    expect(await sessions()).toMatchObject([{ id: session, life: 'attached', status: 'running' }]);
    expect((await ct(['exec', session, 'id', '-u'])).stdout.toString()).toBe('1000\n');
    expect((await ct(['stop', session])).status).toBe(0);
    expect((await child.finished).status).toBe(143);
  });

  it('has a terminal of the right size from its first instruction', async () => {
    const config = secretConfig(ON);
    const window = new TerminalWindow(['bash', '--norc', '-i'], config.cwd);
    const base = config.run.env?.['XDG_CONFIG_HOME'] ?? '';
    const line = `XDG_CONFIG_HOME=${base} ${process.execPath} ${process.env['CT_TEST_BIN'] ?? ''} run -vv shell -c`;
    try {
      window.type(`clear; ${line} 'stty size'; echo "first=$?"`, 'Enter');
      await window.shows(/^first=0$/mu);
      await standbys.untilReady(config);
      window.type(`clear; ${line} 'stty size'; echo "second=$?"`, 'Enter');
      expect(await window.shows(/^30 100\s[\s\S]*second=0$/mu)).toContain('serves this run');
    } finally {
      window.close();
    }
  });

  it('gets signals, and its death is the exit status', async () => {
    const config = secretConfig(ON);
    for (const [signal, expected] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const) {
      await standbys.prepared(config);
      const child = startCt(
        ['run', '-vv', 'shell', '-c', 'exec perl -e \'$|=1; print "ready\\n"; sleep 60\''],
        config.run,
      );
      await new Promise((resolve) => child.stdout.once('data', resolve));
      child.kill(signal);
      const done = await child.finished;
      expect([done.status, standbys.servedBy(done) !== undefined]).toEqual([expected, true]);
    }
  });

  it('is one of many: each standby serves one run', async () => {
    const config = secretConfig(ON);
    const session = await standbys.prepared(config);
    const runs = await Promise.all([1, 2, 3, 4].map((n) => shell(`exit ${n}`, config.run)));
    expect(runs.map((done) => done.status)).toEqual([1, 2, 3, 4]);
    expect(runs.filter((done) => standbys.servedBy(done) === session)).toHaveLength(1);
  });
});

describe('secrets', () => {
  it('come in when a run claims it, and nothing of them is there before', async () => {
    const value = randomBytes(24).toString('hex');
    const config = secretConfig(`${ON}[agents.shell]\nsecrets = ["DEMO"]\n`);
    await ct(['secrets', 'set', 'DEMO'], { ...config.run, input: value });
    const session = await standbys.prepared(config);
    const pid = parentOfGate(session);
    const seen = ['environ', 'cmdline']
      .map((name) => readFileSync(`/proc/${pid}/${name}`, 'latin1'))
      .join();
    expect(seen).not.toContain(value);
    expect(readdirSync(`/proc/${pid}/root/run/secrets`)).toEqual([]);
    const record = JSON.stringify(await status());
    expect(record).not.toContain(value);
    const done = await shell('echo "$DEMO"', config.run);
    expect([standbys.servedBy(done), done.stdout.toString()]).toEqual([session, `${value}\n`]);
  });
});

/** PID 1 of a session, found by the network that is served for it. */
function parentOfGate(session: string): number {
  const served = readFileSync(join(testPaths().runtimeDir, 'ct/served', `${session}.json`), 'utf8');
  return (JSON.parse(served) as { pid: number }).pid;
}

describe('a standby is not for', () => {
  it.each<[string, readonly string[], string]>([
    ['another network', ['-n', 'offline'], ON],
    ['another preset', ['--preset', 'standard'], ON],
    ['another filter', ['--seccomp', 'strict'], ON],
    ['other ports', ['-p', '127.0.0.1:0:80'], ON],
    ['a run that explains denials', ['--explain-denials'], ON],
    ['other rules', [], `${ON}[network]\nallowed_domains = ["example.com"]\n`],
    ['other grants', [], `${ON}[agents.shell]\nsecrets = ["MORE"]\n`],
    ['a path that may be written to', ['--writable', '.vscode'], ON],
  ])('%s', async (_, options, toml) => {
    const config = secretConfig(ON);
    const session = await standbys.prepared(config);
    writeFileSync(join(config.configDir, 'config.toml'), toml);
    const done = await shell(
      'echo cold',
      config.run,
      ...options.filter((word) => !word.includes(':0:')),
      ...ports(options),
    );
    expect(done.stdout.toString()).toContain('cold');
    expect(standbys.servedBy(done)).toBeUndefined();
    expect(done.stderr).not.toContain(session);
  });

  it('another directory of the same name', async () => {
    const config = secretConfig(ON);
    await standbys.prepared(config);
    renameSync(config.cwd, `${config.cwd}-old`);
    mkdirSync(config.cwd);
    writeFileSync(join(config.cwd, 'new'), '');
    const done = await shell('ls', config.run);
    expect([standbys.servedBy(done), done.stdout.toString()]).toEqual([undefined, 'new\n']);
  });

  it('a home that was removed and made again', async () => {
    const config = secretConfig(ON);
    await standbys.prepared(config);
    const home = join(testPaths().dataDir, 'homes/shell');
    const kept = `${home}-kept`;
    renameSync(home, kept);
    try {
      const done = await shell('pwd', config.run);
      expect([done.status, standbys.servedBy(done)]).toEqual([0, undefined]);
    } finally {
      await ct(['stop', '--all', '--timeout', '0s']);
      rmSync(home, { recursive: true, force: true });
      renameSync(kept, home);
    }
  });

  it('a file of the project that is a secret by now', async () => {
    const config = secretConfig(ON);
    await standbys.prepared(config);
    writeFileSync(join(config.cwd, '.env'), 'TOKEN=1\n');
    const done = await shell('cat .env', config.run);
    expect([standbys.servedBy(done), done.stdout.toString()]).toEqual([undefined, '']);
  });
});

function ports(options: readonly string[]): readonly string[] {
  // Port 0 stands for one that nobody uses.
  return options.some((word) => word.includes(':0:')) ? ['127.0.0.1:18080:80'] : [];
}

describe('what waits', () => {
  it('ends with stop --all, and leaves nothing in the project', async () => {
    const config = secretConfig(ON);
    await standbys.prepared(config);
    expect(stubsIn(config.cwd)).not.toEqual([]);
    await ct(['stop', '--all', '--timeout', '0s']);
    await eventually('the project is as it was', () => stubsIn(config.cwd).length === 0);
    await standbys.none();
  });

  it('is called off by stop --all while it is prepared', async () => {
    const config = secretConfig(ON);
    for (const delayMs of [0, 250, 400, 600, 800]) {
      await shell('true', config.run);
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      expect((await ct(['stop', '--all', '--timeout', '0s'])).status).toBe(0);
      expect((await status())?.parts.standbys.preparing).toBe(0);
      await eventually('the project is as it was', () => stubsIn(config.cwd).length === 0);
      await standbys.none();
    }
  });

  it('is bounded: the newest stays', async () => {
    const [first, second] = [secretConfig(ON), secretConfig(ON)];
    await standbys.prepared(first);
    await standbys.prepared(second);
    await eventually('only one is left', async () => (await standbys.ready()).length === 1);
    expect((await standbys.ready()).map(({ project }) => project)).toEqual([second.cwd]);
    await eventually('nothing is left of the other', () => stubsIn(first.cwd).length === 0);
  });

  it('ends with a service that is killed, and the next run starts cold', async () => {
    const config = secretConfig(ON);
    await standbys.prepared(config);
    await killService();
    await eventually('the project is as it was', () => stubsIn(config.cwd).length === 0);
    const done = await shell('echo cold', config.run);
    expect([done.stdout.toString(), standbys.servedBy(done)]).toEqual(['cold\n', undefined]);
    await standbys.untilReady(config);
  });
});

describe('a claimed session', () => {
  it('outlives the service, also when others clean up meanwhile', async () => {
    const config = secretConfig(ON);
    const session = await standbys.prepared(config);
    const child = startCt(
      ['run', 'shell', '-c', 'echo ready; read line; echo "$line"'],
      config.run,
    );
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await killService();
    expect((await sessions()).map(({ id, status: word }) => [id, word])).toEqual([
      [session, 'running'],
    ]);
    child.stdin.end('still here\n');
    const done = await child.finished;
    expect([done.status, done.stdout.toString()]).toEqual([0, 'ready\nstill here\n']);
  });

  it('ends with its run: the next ct removes what a killed one left', async () => {
    const config = secretConfig(ON);
    await standbys.prepared(config);
    const child = startCt(['run', 'shell', '-c', 'echo ready; exec sleep 60'], config.run);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill('SIGKILL');
    await child.finished;
    expect(await sessions()).toEqual([]);
    await eventually('nobody has claimed anything', () => claims().length === 0);
  });
});

const claims = (): readonly string[] => {
  try {
    return readdirSync(join(testPaths().stateDir, 'claims'));
  } catch {
    return [];
  }
};

describe('claims in a row', () => {
  /** `CT_TEST_CLAIMS=1000` before a release. */
  const COUNT = Number(process.env['CT_TEST_CLAIMS'] ?? 8);
  const LIMIT_MS = 300_000 + COUNT * 5000;

  it(`leave no process, file or namespace behind (${COUNT})`, { timeout: LIMIT_MS }, async () => {
    const config = secretConfig(ON);
    await standbys.prepared(config);
    // The first claim makes the directory of claims, which stays.
    await shell('exit 0', config.run);
    await standbys.endAll();
    const pid = (await status())?.pid ?? 0;
    const before = remains(pid);
    await standbys.prepared(config);
    for (let n = 0; n < COUNT; n++) {
      const session = await standbys.untilReady(config);
      const done = await shell(`exit ${n % 100}`, config.run);
      expect([done.status, standbys.servedBy(done)]).toEqual([n % 100, session]);
    }
    await standbys.endAll();
    let found: readonly string[] = [];
    await eventually('as much is left as before', () => {
      found = more(before, remains(pid));
      return found.length === 0;
    }).catch(() => expect(found).toEqual([]));
    expect(claims()).toEqual([]);
  });
});
