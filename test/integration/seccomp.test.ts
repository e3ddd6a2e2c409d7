import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { seccompDir } from '../../src/session/seccomp.ts';
import { ct, project, startCt } from './support/ct.ts';
import { testPaths } from './support/engine-fixture.ts';
import { numbers } from './support/seccomp.ts';
import { TerminalWindow } from './support/tmux.ts';

const dataHome = () => join(project(), 'data');

/** Pids in a `children` file of /proc. */
function childrenOf(path: string): readonly number[] {
  return readFileSync(path, 'utf8')
    .split(' ')
    .filter((word) => word !== '')
    .map(Number);
}

interface Plan {
  readonly container: {
    readonly labels: Readonly<Record<string, string>>;
    readonly sandbox: { readonly seccomp?: { name: string; digest: string; path: string } };
  };
}

async function planned(args: readonly string[]): Promise<Plan> {
  return JSON.parse((await ct(['run', '--dry-run', ...args, 'shell'])).stdout.toString()) as Plan;
}

describe('the filter of a session', () => {
  it('is the profile default unless something else is said', async () => {
    const { container } = await planned([]);
    expect(container.sandbox.seccomp).toMatchObject({ name: 'default' });
    expect(container.labels['ct.seccomp']).toMatch(/^default@[0-9a-f]{12}$/u);
  });

  it('is strict in the preset locked, and what the command line says in any', async () => {
    const locked = await planned(['--preset', 'standard', '--seccomp', 'strict', '-n', 'offline']);
    expect(locked.container.sandbox.seccomp?.name).toBe('strict');
  });

  it('is none only by an explicit word, with a loud warning, and not in a preset that wants one', async () => {
    const refused = await ct(['run', '--seccomp', 'unconfined', 'shell', '-c', 'true']);
    expect(refused).toMatchObject({ status: 125 });
    expect(refused.stderr).toContain('seccomp');
    const args = ['run', '--preset', 'standard', '--seccomp', 'unconfined', 'shell', '-c'];
    const run = await ct([...args, 'grep Seccomp: /proc/self/status']);
    expect(run.stdout.toString()).toBe('Seccomp:\t0\n');
    expect(run.stderr).toContain('NO SECCOMP FILTER');
  });

  it('cannot be chosen by the project', async () => {
    const cwd = project();
    for (const dir of ['.ct', '.config/ct']) mkdirSync(join(cwd, dir), { recursive: true });
    for (const file of ['ct.toml', '.ct/config.toml', '.config/ct/config.toml', '.ct.toml']) {
      writeFileSync(join(cwd, file), '[sandbox]\npreset = "standard"\nseccomp = "unconfined"\n');
    }
    const done = await ct(['run', 'shell', '-c', 'grep Seccomp: /proc/self/status'], { cwd });
    expect(done.stdout.toString()).toBe('Seccomp:\t2\n');
  });
});

describe("a file of the user's", () => {
  const mine = {
    schema: 'ct-seccomp/1',
    name: 'mine',
    summary: 'default without symbolic links',
    audience: 'a test',
    extends: 'default',
    rules: [
      {
        reason: 'to see a difference',
        action: 'deny',
        errno: 'EACCES',
        calls: numbers.has('symlink') ? 'symlink symlinkat' : 'symlinkat',
        replaces: true,
      },
    ],
  };
  const write = (content: unknown, mode = 0o600): string => {
    const path = join(project(), 'p.json');
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    chmodSync(path, mode);
    return path;
  };
  const run = (path: string) =>
    ct(['run', '--seccomp', path, 'shell', '-c', 'ln -s a /tmp/b; true']);

  it('is in force, in our form', async () => {
    expect((await run(write(mine))).stderr).toContain('Permission denied');
  });

  it("is in force in the engines' form, here Podman's own", async () => {
    const done = await ct([
      ...['run', '--seccomp', '/usr/share/containers/seccomp.json', 'shell', '-c'],
      'grep Seccomp: /proc/self/status; unshare -Ur id -u',
    ]);
    expect(done.stdout.toString()).toBe('Seccomp:\t2\n0\n');
  });

  it.each([
    ['does not parse', '{', 'is not JSON'],
    ['names an unknown call', { ...mine, rules: [{ ...mine.rules[0], calls: 'opne' }] }, 'opne'],
    [
      'has an unknown action',
      { defaultAction: 'SCMP_ACT_ALOW', syscalls: [] },
      "unknown action 'SCMP_ACT_ALOW'",
    ],
  ])('is refused before anything starts when it %s', async (_what, content, message) => {
    const path = write(content);
    const done = await run(path);
    expect(done.status).toBe(125);
    expect(done.stderr).toContain(path);
    expect(done.stderr).toContain(message);
  });

  it('is refused when it is missing, a link, a directory, or open to others', async () => {
    const good = write(mine);
    const link = `${good}.link`;
    symlinkSync(good, link);
    for (const [path, message] of [
      [`${good}.missing`, 'there is no seccomp profile'],
      [link, 'is a symbolic link'],
      [join(good, '..'), 'is not a regular file'],
      [write(mine, 0o666), 'can be written to by other accounts'],
      [write(mine, 0o620), 'can be written to by other accounts'],
    ] as const) {
      const done = await run(path);
      expect({ path, status: done.status }).toEqual({ path, status: 125 });
      expect(done.stderr).toContain(message);
    }
  });
});

describe('the file that the engine reads', () => {
  const env = { XDG_DATA_HOME: dataHome() };
  const dir = `${env.XDG_DATA_HOME}/ct/seccomp`;
  const run = () => ct(['run', 'shell', '-c', 'grep Seccomp: /proc/self/status'], { env });
  const file = (): string => join(dir, readdirSync(dir)[0] ?? 'none');

  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('is written on first use, read-only, and again when it is missing', async () => {
    expect(seccompDir(testPaths())).toMatch(/\/ct\/seccomp$/u);
    for (let time = 0; time < 2; time += 1) {
      expect((await run()).stdout.toString()).toBe('Seccomp:\t2\n');
      expect(readdirSync(dir)).toHaveLength(1);
      rmSync(file());
    }
  });

  it.each([
    ['tampered with', (path: string) => (chmodSync(path, 0o600), writeFileSync(path, '{}'))],
    ['open to others', (path: string) => chmodSync(path, 0o666)],
    [
      'a link',
      (path: string) => {
        rmSync(path);
        symlinkSync('/usr/share/containers/seccomp.json', path);
      },
    ],
  ])('stops the run when it is %s', async (_what, tamper) => {
    await run();
    tamper(file());
    const done = await run();
    expect(done.status).toBe(125);
    expect(done.stderr).toContain(file());
    expect(done.stdout.toString()).toBe('');
  });
});

describe('a terminal', () => {
  it('cannot be typed into from inside, by no form of the request; its size can be asked for', async () => {
    const cwd = project();
    writeFileSync(
      join(cwd, 'tty.pl'),
      `open my $t, '+<', '/dev/tty' or die; my $c = "x";
       for my $r (0x5412, 0x541c, 0x5423) { for my $u (0, 1 << 32, -1 << 32, 1 << 63) {
         my $d = syscall(${numbers.get('ioctl')}, fileno $t, $r | $u, $c); $n{$d . ' ' . ($! + 0)}++ } }
       my $size = "\\0" x 8; my $ok = syscall(${numbers.get('ioctl')}, fileno $t, 0x5413, $size);
       print join(',', map { "$_ x$n{$_}" } keys %n), " size $ok ", join('x', (unpack 'S2', $size)), "\\n";`,
    );
    const words = [process.execPath, process.env['CT_TEST_BIN'] ?? ''];
    const window = new TerminalWindow([...words, 'run', 'shell', '-c', 'perl tty.pl'], cwd);
    try {
      await window.shows(/-1 1 x12 size 0 30x100/u);
    } finally {
      window.close();
    }
  });
});

describe('--explain-denials', () => {
  const explain = (script: string, args: readonly string[] = []) =>
    ct(['run', '--explain-denials', ...args, 'shell', '-c', script]);

  it('names each call that was refused, its answer, the reason and who allows it', async () => {
    const done = await explain('unshare -Ur id; exit 7');
    expect(done.status).toBe(7);
    expect(done.stderr).toMatch(/unshare: unshare\(0x10000000, .*→ EPERM, once/u);
    expect(done.stderr).toContain('allowed by: browser, nested');
  });

  it('changes nothing of what the program sees', async () => {
    const script = `perl -e 'for (${numbers.get('io_uring_setup')}, ${numbers.get('bpf')}, ${numbers.get('vmsplice')}) {
      print syscall($_, 1, 0, 0, 0), " ", $! + 0, "\\n" }'; perl -e 'socket(S, 40, 1, 0) or print $! + 0, "\\n"'`;
    const plain = await ct(['run', 'shell', '-c', script]);
    const watched = await explain(script);
    expect(plain.stdout.toString()).toBe('-1 38\n-1 1\n-1 22\n97\n');
    expect(watched.stdout.toString()).toBe(plain.stdout.toString());
  });

  it.runIf(process.arch === 'x64')('names the call that a program died of', async () => {
    const done = await explain("perl -e 'syscall(0x40000000 + 39)'; echo $?");
    expect(done.stdout.toString()).toBe('159\n');
    expect(done.stderr).toMatch(/perl: x32 call 39\(.*→ killed by SIGSYS/u);
  });

  it('says so when nothing was refused, and passes signals, stops and the status on', async () => {
    // Traced, the shell may take its time to the stop: one that comes after SIGCONT would be for ever.
    const done = await explain('(sleep 2; kill -CONT $$) & kill -STOP $$; wait; kill -USR1 $$');
    expect(done.status).toBe(138);
    expect(done.stderr).toContain('refused no system call');
  });

  it('follows children, threads and programs started by programs', async () => {
    const done = await explain(
      `node -e 'require("child_process").execFileSync("perl", ["-e", "syscall(${numbers.get('bpf')}, 0, 0, 0)"])'`,
    );
    expect(done.status).toBe(0);
    expect(done.stderr).toMatch(/perl: bpf\(.*→ EPERM/u);
  });

  it('still refuses when the tracer is gone: what it traced ends with it', async () => {
    const child = startCt(['run', '--explain-denials', 'shell', '-c', 'echo ready; sleep 60']);
    child.stdin.end();
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const children = readdirSync(`/proc/${child.pid}/task`).flatMap((task) =>
      childrenOf(`/proc/${child.pid}/task/${task}/children`),
    );
    const tracer = children.filter((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8') === 'perl\n');
    expect(tracer).toHaveLength(1);
    process.kill(tracer[0] ?? 0, 'SIGKILL');
    expect((await child.finished).status).toBe(137);
  });

  it('does not go together with what cannot be watched', async () => {
    for (const args of [['-d'], ['--preset', 'standard', '--seccomp', 'unconfined']]) {
      const done = await explain('true', args);
      expect(done.status).toBe(125);
      expect(done.stderr).toContain('does not go together');
    }
  });
});
