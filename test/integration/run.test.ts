import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Timing } from '../../src/base/timing.ts';
import { ct, inSession, project, sessions, startCt, eventually } from './support/ct.ts';

describe('ct run gemini', () => {
  // The first run of all installs it, and says so.
  beforeAll(async () => {
    const { status, stderr } = await ct(['agents', 'install', 'gemini']);
    if (status !== 0) throw new Error(stderr);
  }, 300_000);

  it('runs the real gemini CLI from npm, which prints its version and nothing else', async () => {
    const done = await ct(['run', 'gemini', '--', '--version']);
    expect(done.stderr).toBe('');
    expect(done.stdout.toString()).toMatch(/^\d+\.\d+\.\d+\S*\n$/u);
    expect(done.status).toBe(0);
  });

  it('passes arguments on verbatim, also without the two dashes', async () => {
    expect((await ct(['run', 'gemini', '--version'])).stdout.toString()).toMatch(/^\d+\.\d+/u);
  });

  it('takes a prompt from a pipe: without a key, gemini itself says how to log in', async () => {
    const done = await ct(['run', 'gemini'], { input: 'hello\n' });
    expect(done.status).not.toBe(0);
    expect(done.status).not.toBe(125);
    expect(done.stderr).toMatch(/GEMINI_API_KEY|auth/iu);
  });
});

describe('exit statuses', () => {
  it.each([0, 1, 2, 37, 124, 125, 126, 127, 128, 129, 137, 254, 255])(
    'pass %i through',
    async (code) => {
      expect((await inSession(`exit ${code}`)).status).toBe(code);
    },
  );

  it.each([
    ['KILL', 137],
    ['TERM', 143],
    ['SEGV', 139],
    ['HUP', 129],
    ['USR1', 138],
  ])('are 128 + n for a program that dies of SIG%s', async (signal, status) => {
    expect((await inSession(`kill -${signal} $$; sleep 10`)).status).toBe(status);
  });

  it('are 127 for a program that is not there and 126 for one that cannot be run', async () => {
    expect((await inSession('exec no-such-program')).status).toBe(127);
    expect((await inSession('exec /etc/passwd')).status).toBe(126);
  });
});

describe('streams', () => {
  it('keep stdout and stderr apart and say nothing of their own', async () => {
    const done = await inSession('echo out; echo err >&2');
    expect(done.stdout.toString()).toBe('out\n');
    expect(done.stderr).toBe('err\n');
  });

  it('carry 20 MB of binary input unchanged', async () => {
    const input = randomBytes(20_000_000);
    const done = await inSession('sha256sum', { input });
    expect(done.stdout.toString()).toContain(createHash('sha256').update(input).digest('hex'));
  });

  it('carry 20 MB of binary both ways unchanged', async () => {
    const input = randomBytes(20_000_000);
    const done = await inSession('cat', { input });
    expect(done.stdout.equals(input)).toBe(true);
  });

  it('carry 100 MB of output whole', async () => {
    const done = await inSession('head -c 100000000 /dev/zero | tr "\\0" x');
    expect(done, done.stderr).toMatchObject({ status: 0, stderr: '' });
    expect(done.stdout.length).toBe(100_000_000);
  });

  it('close the input inside when it ends outside, while output flows on', async () => {
    const done = await inSession('cat; sleep 0.3; echo after', { input: 'before\n' });
    expect(done.stdout.toString()).toBe('before\nafter\n');
  });

  it('lose nothing to a slow reader, though the program inside ended long ago', async () => {
    const child = startCt(['run', 'shell', '-c', 'head -c 3000000 /dev/zero'], { input: '' });
    child.stdout.pause();
    await new Promise((resolve) => setTimeout(resolve, 2500));
    child.stdout.resume();
    const done = await child.finished;
    expect(done.stdout.length).toBe(3_000_000);
    expect(done.status).toBe(0);
  });

  it('end a session whose reader went away, as a pipe would', async () => {
    const child = startCt(['run', 'shell', '-c', 'yes'], { input: '' });
    child.stdout.once('data', () => child.stdout.destroy());
    expect((await child.finished).status).toBe(141);
    await eventually('the session is gone', async () => (await sessions()).length === 0);
  });

  it('ends the session when its output cannot be written, and says so', async () => {
    const itself = process.env['CT_TEST_BIN'] ?? '';
    const program = ['/bin/sh', '-c', 'exec "$@" >/dev/full', 'sh', itself] as const;
    const done = await ct(['run', 'shell', '-c', 'echo one; sleep 60'], { program });
    expect([done.status, done.stderr]).toEqual([
      141,
      'ct: cannot write to standard output: the disk is full\n',
    ]);
  });
});

describe('what a session sees', () => {
  it('is uid 1000 without capabilities, new privileges or a writable root', async () => {
    const done = await inSession(
      'id -u; id -g; grep -E "^(Cap|NoNewPrivs|Seccomp:)" /proc/self/status; touch /x 2>&1; cat /proc/1/comm',
    );
    const lines = done.stdout.toString().split('\n');
    expect(lines.slice(0, 2)).toEqual(['1000', '1000']);
    for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb']) {
      expect(lines).toContain(`${set}:\t0000000000000000`);
    }
    expect(lines).toContain('NoNewPrivs:\t1');
    expect(lines).toContain('Seccomp:\t2');
    expect(done.stdout.toString()).toContain('Read-only file system');
    expect(done.stdout.toString()).toContain('catatonit');
  });

  it('has your project, and files made there are yours', async () => {
    const cwd = project();
    writeFileSync(join(cwd, 'in.txt'), 'from outside');
    const done = await inSession('pwd; cat in.txt; echo made > out.txt; mkdir d', { cwd });
    expect(done.stdout.toString()).toBe('/projects/sample\nfrom outside');
    expect(readFileSync(join(cwd, 'out.txt'), 'utf8')).toBe('made\n');
    expect(statSync(join(cwd, 'out.txt')).uid).toBe(process.getuid?.());
    expect(statSync(join(cwd, 'd')).gid).toBe(process.getgid?.());
  });

  it('has no variable of the host or of the engine that was not planned', async () => {
    const done = await inSession('env', { env: { HOST_SECRET: 'x', GEMINI_API_KEY: 'y' } });
    const names = done.stdout
      .toString()
      .split('\n')
      .map((line) => line.split('=')[0])
      .filter((name) => name !== '' && name !== '_' && name !== 'SHLVL' && name !== 'OLDPWD');
    const plan = JSON.parse((await ct(['run', '--dry-run', 'shell'])).stdout.toString()) as {
      container: { sandbox: { env: Record<string, string> } };
    };
    expect(names.sort()).toEqual([...Object.keys(plan.container.sandbox.env), 'PWD'].sort());
  });

  it('keeps its home from one session to the next, one home an agent', async () => {
    await inSession('echo kept > ~/note');
    expect((await inSession('cat ~/note')).stdout.toString()).toBe('kept\n');
    expect((await inSession('ls -a ~')).stdout.toString()).not.toContain('.gemini');
  });

  it('starts its shell by its path, whatever an earlier session left first on PATH', async () => {
    const script = 'mkdir -p ~/.local/bin; cp /bin/false ~/.local/bin/bash; command -v bash';
    expect((await inSession(script)).stdout.toString()).toBe('/home/ct/.local/bin/bash\n');
    const next = await inSession('rm ~/.local/bin/bash; echo the real one');
    expect(next.stdout.toString()).toBe('the real one\n');
  });

  it('cannot write to the installed agents', async () => {
    const dir = '/opt/ct/packages';
    const run = await ct(['run', 'gemini', '--version']);
    expect(run.status).toBe(0);
    expect((await inSession(`touch ${dir}/x`)).status).not.toBe(0);
  });

  it.each(['with space', 'Grüße 世界', 'colon:comma,', 'quote\'"$(id)', 'two\nlines', '-dash'])(
    'works in a project called %j',
    async (name) => {
      const cwd = project(name);
      const done = await inSession('echo made > out.txt && basename "$PWD"', { cwd });
      expect(done.stderr).toBe('');
      expect(done.stdout.toString()).toBe(`${name.replace('\n', '_')}\n`);
      expect(readFileSync(join(cwd, 'out.txt'), 'utf8')).toBe('made\n');
    },
  );

  it('has loopback only when offline', async () => {
    const done = await ct(['run', '-n', 'offline', 'shell', '-c', 'ls /sys/class/net']);
    expect(done.stdout.toString().trim()).toBe('lo');
  });
});

describe('twenty runs at once', () => {
  it('each get their own output and exit status, and leave nothing', async () => {
    const runs = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        inSession(`cat; exit ${index + 1}`, { input: `run ${index}\n` }),
      ),
    );
    expect(runs.map((run) => run.stdout.toString())).toEqual(
      runs.map((_, index) => `run ${index}\n`),
    );
    expect(runs.map((run) => run.status)).toEqual(runs.map((_, index) => index + 1));
    await eventually('all sessions are gone', async () => (await sessions()).length === 0);
  });
});

describe('--dry-run', () => {
  it('prints the plan as JSON and touches no engine', async () => {
    const done = await ct(['run', '--dry-run', 'gemini', 'x'], {
      env: { CONTAINER_HOST: 'unix:///nonexistent/podman.sock' },
    });
    expect(done.status).toBe(0);
    expect(JSON.parse(done.stdout.toString())).toMatchObject({
      schema: 1,
      command: ['gemini', 'x'],
    });
  });
});

describe('where the time goes', () => {
  it('is said on stderr at the end, phase by phase, and changes nothing else', async () => {
    const done = await inSession('echo ready; exit 3', { env: { CT_TIMING: 'json' } });
    expect(done.stdout.toString()).toBe('ready\n');
    expect(done.status).toBe(3);
    const { timing } = JSON.parse(done.stderr) as { timing: Timing };
    const phases = timing.spans.map(({ phase }) => phase);
    expect(phases).toEqual([
      ...['node', 'parse', 'config', 'probe', 'plan', 'engine', 'create', 'init', 'start'],
      ...['verify', 'network', 'first byte', 'program', 'exit', 'remove', 'close'],
    ]);
    // Hardly anything of the whole is in no phase.
    const covered = new Set<number>();
    for (const { startMs, tookMs } of timing.spans) {
      for (let ms = Math.floor(startMs); ms <= startMs + tookMs; ms += 1) covered.add(ms);
    }
    expect(covered.size).toBeGreaterThan(timing.totalMs * 0.8);
  });

  it('is a table for people, also of a run that only plans', async () => {
    const done = await ct(['run', '--timing', '--dry-run', 'shell']);
    expect(done.stderr).toMatch(/^ct: phase +begins +takes ms\nct: node .*█\n(?:.*\n)*ct: total/u);
    expect(JSON.parse(done.stdout.toString())).toMatchObject({ agent: 'shell' });
  });
});
