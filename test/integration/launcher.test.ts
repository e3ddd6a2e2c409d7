import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ct, eventually, project, sessions, startCt, type Done } from './support/ct.ts';
import { isOver } from '../../src/host/process.ts';
import { testPaths } from './support/engine-fixture.ts';
import { killService } from './support/kept.ts';

/** Programs that the service keeps ready in sessions for `ct exec`: the real service, engine and kernel. */
beforeAll(async () => {
  await ct(['daemon', 'start']);
});
afterEach(async () => {
  await ct(['stop', '--all', '--timeout', '0s']);
});
afterAll(async () => {
  await ct(['daemon', 'stop']);
});

const SERVED = /waited in session [0-9a-f]{8} serves this exec/u;

/** What the service says of them. */
async function launchers(): Promise<{
  readonly ready: readonly string[];
  readonly running: number;
}> {
  const { stdout } = await ct(['daemon', 'status', '--json']);
  const { parts } = JSON.parse(stdout.toString()) as {
    parts: { launchers: { ready: readonly string[]; running: number } };
  };
  return parts.launchers;
}

/** Sessions in which a program waits. */
async function ready(): Promise<readonly string[]> {
  return (await launchers()).ready;
}

async function untilReady(id: string): Promise<void> {
  await eventually('a program waits in the session', async () => (await ready()).includes(id));
}

/** A session in the background that runs `script`, in which a program waits. */
async function prepared(script = 'sleep 600', cwd = project()): Promise<string> {
  const { stdout } = await ct(['run', '-d', 'shell', '-c', script], { cwd });
  const id = stdout.toString().trim();
  expect(await ct(['exec', id, 'true'])).toMatchObject({ status: 0, stderr: '' });
  await untilReady(id);
  return id;
}

/** An exec, and whether it was served. */
async function served(id: string, args: readonly string[], input = ''): Promise<[boolean, Done]> {
  await untilReady(id);
  const done = await ct(['exec', '-vv', id, '--', ...args], { input });
  return [SERVED.test(done.stderr), done];
}

const LOOK = `env | grep -v ^_= | sort; pwd; id; umask; ulimit -a; ls /proc/self/fd
grep -E "^(Cap|NoNew|Seccomp|Groups|Uid|Sig)" /proc/self/status; cat /proc/self/oom_score_adj /proc/self/coredump_filter
for kind in user net mnt pid ipc uts; do readlink /proc/self/ns/$kind; done`;

describe('an exec that is served', () => {
  it('is as one that the engine starts', async () => {
    const cwd = project();
    const { stdout } = await ct(['run', '-d', 'shell', '-c', 'sleep 600'], { cwd });
    const id = stdout.toString().trim();
    const first = await ct(['exec', '-vv', id, 'sh', '-c', LOOK]);
    const [isServed, second] = await served(id, ['sh', '-c', LOOK]);
    expect([SERVED.test(first.stderr), isServed]).toEqual([false, true]);
    expect(second.stdout.toString()).toBe(first.stdout.toString());
    expect(second.stdout.toString()).toMatch(/^Seccomp:\t2$/mu);
  });

  it('passes words, bytes, both outputs and the exit status on', async () => {
    const id = await prepared();
    const words = ['two words', '', 'a\nb\n', '$(id) "q" \\ ü', '-n', '=x'];
    const script = 'printf "%s|" "$@"; cat; echo err >&2; exit 37';
    const [isServed, done] = await served(id, ['sh', '-c', script, 'sh', ...words], 'in\0put');
    expect(isServed).toBe(true);
    expect(done.stdout.toString()).toBe(`${words.join('|')}|in\0put`);
    expect(done.stderr).toMatch(/^err$/mu);
    expect(done.status).toBe(37);
    const missing = await served(id, ['no-such-program']);
    expect([missing[0], missing[1].status]).toEqual([true, 127]);
    expect(missing[1].stderr).toContain("ct: there is no program 'no-such-program' in the session");
    const directory = await served(id, ['/etc']);
    expect([directory[0], directory[1].status]).toEqual([true, 126]);
    expect(directory[1].stderr).toContain("ct: '/etc' cannot be executed in the session");
    const own = await served(id, ['sh', '-c', 'echo own >&2; exit 127']);
    expect([own[0], own[1].status, own[1].stderr.includes('there is no')]).toEqual([
      true,
      127,
      false,
    ]);
  });

  it('carries 20 MB there and back', async () => {
    const id = await prepared();
    const bytes = randomBytes(20 * 1024 * 1024);
    const done = await ct(['exec', id, 'cat'], { input: bytes });
    expect(done.status).toBe(0);
    expect(done.stdout.equals(bytes)).toBe(true);
  });

  it('ends by a signal, and when nobody reads its output', async () => {
    const id = await prepared();
    const child = startCt(['exec', id, 'sh', '-c', 'echo up; exec sleep 60'], { input: '' });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill('SIGTERM');
    expect((await child.finished).status).toBe(143);
    await untilReady(id);
    const yes = startCt(['exec', id, 'yes'], { input: '' });
    await new Promise((resolve) => yes.stdout.once('data', resolve));
    yes.stdout.destroy();
    expect((await yes.finished).status).toBe(141);
    const left = await ct(['exec', id, 'sh', '-c', 'cat /proc/[0-9]*/comm']);
    expect(left.stdout.toString()).not.toMatch(/^yes$/mu);
  });
});

/** A shell that waits for a child takes SIGINT for the child's affair: both must get it, as from a terminal. */
const WAITING = ['sh', '-c', 'echo up; sleep 60; echo not'];

async function interrupted(id: string): Promise<Done> {
  const child = startCt(['exec', '-vv', id, ...WAITING], { input: '' });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  child.kill('SIGINT');
  return child.finished;
}

describe('Ctrl-C', () => {
  it('ends a program and what it waits for, served or not', async () => {
    const cwd = project();
    const { stdout } = await ct(['run', '-d', 'shell', '-c', 'sleep 600'], { cwd });
    const id = stdout.toString().trim();
    const first = await interrupted(id);
    await untilReady(id);
    const second = await interrupted(id);
    expect([first, second].map(({ stderr }) => SERVED.test(stderr))).toEqual([false, true]);
    for (const done of [first, second]) {
      expect([done.stdout.toString(), done.status]).toEqual(['up\n', 130]);
    }
    const left = await ct(['exec', id, 'sh', '-c', 'cat /proc/[0-9]*/cmdline | tr "\\0" " "']);
    expect(left.stdout.toString()).not.toContain('sleep 60 ');
  });
});

describe('a program that waits', () => {
  it('is opened by nobody in the session: neither its input nor its memory', async () => {
    const cwd = project();
    const script = `while [ ! -e go ]; do sleep 0.1; done
for dir in /proc/[0-9]*; do
  tr '\\0' ' ' <$dir/cmdline | grep -q ^/usr/libexec/ct/sh || continue
  echo found
  for name in fd/0 fd/1 mem environ maps exe root; do
    head -c 1 $dir/$name >/dev/null 2>&1 && echo "open: $name"
    echo open >$dir/$name && echo "written: $name"
  done
  ls $dir/fd && echo listed
  cat /usr/libexec/ct/sh && echo read
done >seen 2>/dev/null; mv seen done; sleep 600`;
    const id = await prepared(script, cwd);
    writeFileSync(`${cwd}/go`, '');
    await eventually('the agent has looked', () => existsSync(`${cwd}/done`));
    expect(readFileSync(`${cwd}/done`, 'utf8')).toBe('found\n');
    // What it tried to write came nowhere.
    const [isServed, done] = await served(id, ['echo', 'mine']);
    expect([isServed, done.stdout.toString()]).toEqual([true, 'mine\n']);
  });

  it.each(['STOP', 'KILL'])(
    'and gets SIG%s from the agent keeps no exec waiting',
    async (signal) => {
      const cwd = project();
      const script = `while [ ! -e go ]; do sleep 0.1; done
pkill -${signal} -f ^/usr/libexec/ct/sh; echo >done; sleep 600`;
      const id = await prepared(script, cwd);
      writeFileSync(`${cwd}/go`, '');
      await eventually('the agent has done it', () => existsSync(`${cwd}/done`));
      const done = await ct(['exec', '-vv', id, 'echo', 'here']);
      expect(done.stderr).not.toMatch(SERVED);
      expect([done.stdout.toString(), done.status]).toEqual(['here\n', 0]);
      expect((await served(id, ['true']))[0]).toBe(true);
    },
  );

  it('ends with its session, of which nothing is left', async () => {
    const id = await prepared();
    expect((await ct(['stop', id, '--timeout', '0s'])).status).toBe(0);
    await eventually('nothing is left', async () => (await sessions()).length === 0);
    await eventually('none waits', async () => (await ready()).length === 0);
  });
});

describe('a service that ends', () => {
  it('in order lets a program that it carries come to its end', async () => {
    const id = await prepared();
    const child = startCt(['exec', id, 'sh', '-c', 'echo a; sleep 2; echo b; exit 5'], {
      input: '',
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    expect((await ct(['daemon', 'restart'])).status).toBe(0);
    const done = await child.finished;
    expect([done.stdout.toString(), done.stderr, done.status]).toEqual(['a\nb\n', '', 5]);
  });

  it('in order does not wait for a program whose ct is gone', async () => {
    const id = await prepared();
    const script = 'trap "" PIPE; while :; do echo up; sleep 0.1; done';
    const child = startCt(['exec', id, 'sh', '-c', script], { input: '' });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill('SIGKILL');
    await child.finished;
    await eventually('it is carried no more', async () => (await launchers()).running === 0);
    expect(await ct(['daemon', 'restart'])).toMatchObject({ status: 0 });
    expect((await ct(['exec', id, 'true'])).status).toBe(0);
  });

  it('by SIGKILL is told to whoever waits, and leaves no program waiting', async () => {
    const id = await prepared();
    const child = startCt(['exec', id, 'sh', '-c', 'echo a; exec sleep 60'], { input: '' });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await untilReady(id);
    const waiting = readdirSync(`${testPaths().runtimeDir}/ct/launchers`).map(Number);
    expect(waiting.length).toBe(1);
    await killService();
    const done = await child.finished;
    expect(done.status).toBe(125);
    expect(done.stderr).toMatch(/service ended while it carried .*\n {2}.*run it again/u);
    await ct(['daemon', 'start']);
    await eventually('no program waits', () => waiting.every(isOver));
  });
});
