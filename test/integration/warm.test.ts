import { randomBytes } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ct, eventually, sessions, startCt } from './support/ct.ts';
import { testPaths } from './support/engine-fixture.ts';
import { Kept, killService, shell } from './support/kept.ts';
import { secretConfig } from './support/secret-config.ts';
import { TerminalWindow } from './support/tmux.ts';

/** Warm sessions: the real service, the real engine, and runs that enter. */
const ON = '[daemon]\nauto_start = true\n';

const warm = new Kept('warm');

/** PID 1 of a session, found by the network that is served for it. */
function initOf(session: string): number {
  const served = readFileSync(join(testPaths().runtimeDir, 'ct/served', `${session}.json`), 'utf8');
  return (JSON.parse(served) as { pid: number }).pid;
}

const goneFor = (what: string, session: string): Promise<void> =>
  eventually(what, async () => (await sessions()).every(({ id }) => id !== session));

afterEach(async () => {
  // One that is just being made is none yet that could be stopped.
  await ct(['daemon', 'stop']);
  await ct(['stop', '--all', '--timeout', '0s']);
});

describe('a run in a warm session', () => {
  it('is as any other: words, streams, variables, files, exit status; and the next one too', async () => {
    const config = secretConfig(ON);
    const session = await warm.prepared(config);
    const done = await ct(
      [
        ...['run', '-vv', 'shell', '-c'],
        'printf "%s|" "$@"; cat; echo err >&2; pwd; echo "$COLORTERM"; echo x >made; exit 37',
        ...['sh', 'two words', '', 'a\nb\n', '$(id) "q" \\ ü'],
      ],
      {
        cwd: config.cwd,
        env: { ...config.run.env, COLORTERM: 'truecolor' },
        input: Buffer.from([0, 1, 255, 10]),
      },
    );
    expect([warm.servedBy(done), done.status]).toEqual([session, 37]);
    expect(done.stdout).toEqual(
      Buffer.concat([
        Buffer.from('two words||a\nb\n|$(id) "q" \\ ü|'),
        Buffer.from([0, 1, 255, 10]),
        Buffer.from('/projects/sample\ntruecolor\n'),
      ]),
    );
    expect(done.stderr).toMatch(/^err$/mu);
    expect(readFileSync(join(config.cwd, 'made'), 'utf8')).toBe('x\n');
    const next = await shell('echo "[$COLORTERM]"; exec >&- 2>&-; sleep 1; exit 3', config.run);
    expect([warm.servedBy(next), next.status, next.stdout.toString()]).toEqual([
      session,
      3,
      '[]\n',
    ]);
    const missing = await shell('exec /nowhere', config.run);
    expect([warm.servedBy(missing), missing.status], missing.stderr).toEqual([session, 127]);
  });

  it('is confined as PID 1 of a session is', async () => {
    const config = secretConfig(ON);
    const ask =
      'grep -E "^(Seccomp|NoNewPrivs|Cap|Uid|Gid)" /proc/self/status; ulimit -n -u -c; cat /proc/self/uid_map';
    const cold = await shell(ask, config.run);
    const session = await warm.prepared(config);
    const inside = await shell(ask, config.run);
    expect([warm.servedBy(cold), warm.servedBy(inside)]).toEqual([undefined, session]);
    expect(inside.stdout.toString()).toBe(cold.stdout.toString());
    expect(inside.stdout.toString()).toMatch(/^Seccomp:\t2$/mu);
  });

  it('has a permissive network where that is configured', async () => {
    const config = secretConfig(`${ON}[network]\nmode = "permissive"\n`);
    const session = await warm.prepared(config);
    const done = await shell('grep -c : /proc/net/dev', config.run);
    expect([warm.servedBy(done), done.stdout.toString()]).toEqual([session, '2\n']);
  });

  it('gets signals, and its death is the exit status', async () => {
    const config = secretConfig(ON);
    const session = await warm.prepared(config);
    for (const [signal, expected] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const) {
      const child = startCt(
        ['run', '-vv', 'shell', '-c', 'exec perl -e \'$|=1; print "ready\\n"; sleep 60\''],
        config.run,
      );
      await new Promise((resolve) => child.stdout.once('data', resolve));
      child.kill(signal);
      const done = await child.finished;
      expect([done.status, warm.servedBy(done)]).toEqual([expected, session]);
    }
  });

  it('has a terminal of the right size from its first instruction, and a shell may join', async () => {
    const config = secretConfig(ON);
    const window = new TerminalWindow(['bash', '--norc', '-i'], config.cwd);
    const base = config.run.env?.['XDG_CONFIG_HOME'] ?? '';
    const program = `XDG_CONFIG_HOME=${base} ${process.execPath} ${process.env['CT_TEST_BIN'] ?? ''}`;
    try {
      const session = await warm.prepared(config);
      window.type(`clear; ${program} run -vv shell -c 'stty size'; echo "one=$?"`, 'Enter');
      expect(await window.shows(/^30 100\s[\s\S]*one=0$/mu)).toContain(`session ${session} serves`);
      window.type(`clear; ${program} daemon attach`, 'Enter');
      await window.shows(/ct@ct/u);
      const beside = await shell('echo cold', config.run);
      expect([beside.stdout.toString(), warm.servedBy(beside)]).toEqual(['cold\n', undefined]);
      window.type('clear; pwd; tty; exit 4', 'Enter');
      expect(await window.shows(/^logout$/mu)).toMatch(/^\/projects\/sample\s+\/dev\/pts\/\d/mu);
      await eventually('runs enter again', async () => {
        return warm.servedBy(await shell('true', config.run)) === session;
      });
    } finally {
      window.close();
    }
  });

  it('has it for itself: another one at the same time starts cold', async () => {
    const config = secretConfig(ON);
    const session = await warm.prepared(config);
    const runs = await Promise.all([1, 2, 3].map((n) => shell(`sleep 1; exit ${n}`, config.run)));
    expect(runs.map((done) => done.status)).toEqual([1, 2, 3]);
    expect(runs.filter((done) => warm.servedBy(done) === session)).toHaveLength(1);
  });
});

describe('secrets', () => {
  it('come with the run that they are for, and go with it', async () => {
    const value = randomBytes(24).toString('hex');
    const config = secretConfig(
      `${ON}[agents.shell]\nsecrets = ["DEMO"]\nsecret_files = ["DEMOFILE"]\n`,
    );
    for (const name of ['DEMO', 'DEMOFILE']) {
      await ct(['secrets', 'set', name], { ...config.run, input: value });
    }
    const session = await warm.prepared(config);
    const pid = initOf(session);
    const nothing = (): void => {
      const seen = ['environ', 'cmdline'].map((name) => readFileSync(`/proc/${pid}/${name}`));
      expect(seen.join()).not.toContain(value);
      expect(readdirSync(`/proc/${pid}/root/run/secrets`)).toEqual([]);
    };
    nothing();
    for (const time of [1, 2]) {
      const done = await shell(`echo "$DEMO"; cat "$DEMOFILE_FILE"; exit ${time}`, config.run);
      expect([warm.servedBy(done), done.status]).toEqual([session, time]);
      expect(done.stdout.toString()).toBe(`${value}\n${value}`);
      nothing();
    }
    const found = await ct(['secrets', 'rotate', 'DEMOFILE'], config.run);
    expect(found.stdout.toString() + found.stderr).not.toContain(session);
  });

  it('that are rotated reach the run that has them', async () => {
    const config = secretConfig(`${ON}[agents.shell]\nsecret_files = ["DEMOFILE"]\n`);
    await ct(['secrets', 'set', 'DEMOFILE'], { ...config.run, input: 'old' });
    const session = await warm.prepared(config);
    const script = 'cat "$DEMOFILE_FILE"; read -r line; cat "$DEMOFILE_FILE"';
    const child = startCt(['run', '-vv', 'shell', '-c', script], config.run);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const done = await ct(['secrets', 'rotate', 'DEMOFILE'], { ...config.run, input: 'new' });
    expect(done.stdout.toString()).toMatch(new RegExp(`${session}.*shell`, 'u'));
    child.stdin.end('\n');
    const ended = await child.finished;
    expect([warm.servedBy(ended), ended.stdout.toString()]).toEqual([session, 'oldnew']);
    expect(warm.servedBy(await shell('true', config.run))).toBe(session);
  });
});

describe('a warm session is not for', () => {
  it('another network, preset, filter or path that may be written to, and stays what it is', async () => {
    const config = secretConfig(ON);
    const session = await warm.prepared(config);
    for (const options of [
      ['-n', 'offline'],
      ['--preset', 'standard'],
      ['--seccomp', 'strict'],
      ['--writable', '.vscode'],
      ['--explain-denials'],
    ]) {
      const done = await shell('echo cold', config.run, ...options);
      expect([done.stdout.toString(), warm.servedBy(done)]).toEqual(['cold\n', undefined]);
      expect(done.stderr).not.toMatch(/is stale|is not in the warm/u);
    }
    expect(warm.servedBy(await shell('true', config.run))).toBe(session);
  });

  it('a run after one that was allowed more', async () => {
    const config = secretConfig(ON);
    const session = await warm.prepared(config);
    const allowed = await ct(['network', 'allow', 'example.com', '--session', session], config.run);
    expect(allowed.status).toBe(0);
    const done = await shell('true', config.run);
    expect(warm.servedBy(done)).toBeUndefined();
    expect(done.stderr).toContain('its network was changed while it ran');
  });

  it.each<[string, string]>([
    ['other rules', '[network]\nallowed_domains = ["example.com"]\n'],
    ['other grants', '[agents.shell]\nsecrets = ["MORE"]\n'],
  ])('%s: it is made anew', async (_, toml) => {
    const config = secretConfig(ON);
    const session = await warm.prepared(config);
    writeFileSync(join(config.configDir, 'config.toml'), ON + toml);
    const done = await shell('echo cold', config.run);
    expect([done.stdout.toString(), warm.servedBy(done)]).toEqual(['cold\n', undefined]);
    expect(done.stderr.match(/^ct: the warm session of shell is stale/gmu)).toHaveLength(1);
    let next: string | undefined;
    await eventually('there is a new one', async () => {
      next = warm.servedBy(await shell('true', config.run));
      return next !== undefined;
    });
    expect(next).not.toBe(session);
    expect((await sessions()).map(({ id }) => id)).not.toContain(session);
  });

  it('another directory, which is told once', async () => {
    const config = secretConfig(ON);
    const session = await warm.prepared(config);
    const other = secretConfig(ON);
    const done = await shell('pwd', other.run);
    expect([done.status, warm.servedBy(done)]).toEqual([0, undefined]);
    expect(done.stderr.match(/this directory is not in the warm session/gu)).toHaveLength(1);
    expect(warm.servedBy(await shell('true', config.run))).toBe(session);
  });

  it('a third directory, where two may have one', async () => {
    const two = `${ON}warm_projects = 2\n`;
    const [first, second, third] = [secretConfig(two), secretConfig(two), secretConfig(two)];
    const served = [await warm.prepared(first), await warm.prepared(second)];
    const done = await shell('pwd', third.run);
    expect([done.status, warm.servedBy(done)]).toEqual([0, undefined]);
    expect(done.stderr).toContain(
      `warm sessions of shell, which are in ${first.cwd}, ${second.cwd}:`,
    );
    const again = [await shell('true', first.run), await shell('true', second.run)];
    expect(again.map((each) => warm.servedBy(each))).toEqual(served);
    expect(new Set(served).size).toBe(2);
  });

  it('a project with a file that is a secret by now', async () => {
    const config = secretConfig(ON);
    await warm.prepared(config);
    writeFileSync(join(config.cwd, '.env'), 'TOKEN=1\n');
    const done = await shell('cat .env', config.run);
    expect([warm.servedBy(done), done.stdout.toString()]).toEqual([undefined, '']);
  });
});

describe('a warm session ends', () => {
  it('when a run leaves a process behind, and that ends with it', async () => {
    const config = secretConfig(ON);
    const session = await warm.prepared(config);
    const word = `left-${randomBytes(6).toString('hex')}`;
    const done = await shell(
      `exec -a ${word} setsid sleep 300 </dev/null >/dev/null 2>&1 & sleep 0.2; echo left`,
      config.run,
    );
    expect([warm.servedBy(done), done.stdout.toString()]).toEqual([session, 'left\n']);
    await goneFor('the session has ended', session);
  });

  it('with a run that is killed: nothing of it goes on', async () => {
    const config = secretConfig(ON);
    const session = await warm.prepared(config);
    const child = startCt(['run', 'shell', '-c', 'echo ready; exec sleep 60'], config.run);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill('SIGKILL');
    await child.finished;
    await goneFor('the session has ended', session);
  });

  it('with ct stop, ct daemon stop, and after a service that was killed', async () => {
    const config = secretConfig(ON);
    const first = await warm.prepared(config);
    expect(await sessions()).toMatchObject([{ id: first, life: 'warm', status: 'running' }]);
    expect((await ct(['stop', first])).status).toBe(0);
    await warm.none();
    const second = await warm.prepared(config);
    await ct(['daemon', 'stop']);
    expect((await sessions()).map(({ id }) => id)).not.toContain(second);
    const third = await warm.prepared(config);
    await killService();
    await goneFor('the next ct has removed it', third);
  });

  it('after the run that is in it, when the service is gone', async () => {
    const config = secretConfig(ON);
    const session = await warm.prepared(config);
    const child = startCt(
      ['run', '-vv', 'shell', '-c', 'echo ready; read line; echo "$line"'],
      config.run,
    );
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await killService();
    expect((await sessions()).map(({ id }) => id)).toContain(session);
    child.stdin.end('still here\n');
    const done = await child.finished;
    expect([done.status, done.stdout.toString()]).toEqual([0, 'ready\nstill here\n']);
    expect((await sessions()).map(({ id }) => id)).not.toContain(session);
  });
});
