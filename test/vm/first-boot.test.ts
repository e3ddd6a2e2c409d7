import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, openSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { secretConfig, type SecretConfig } from '../integration/support/secret-config.ts';
import { ct, eventually, project } from '../integration/support/ct.ts';
import { groupFile, valueOf } from './support/kernel.ts';
import { bootId, leave } from './support/reboot.ts';
import {
  PATIENCE_MS,
  detached,
  measured,
  release,
  said,
  says,
  type Measured,
} from './support/session.ts';

/**
 * A machine of its own, whose kernel gives the account all controllers (`npm run test:vm` boots it). What
 * other suites can't see is that limits hold, and what a power cut leaves. Each `ct` takes ten seconds
 * and more here, so two sessions serve nearly all tests, and run until the power is cut.
 */
const MiB = 1024 * 1024;

/** A file of the tree that the machine's script waits for. */
const SET_CLOCK = 'set-clock';

/** The program of the one session: each part ends with a word, and begins when a file is there. */
const SCRIPT = `
env | grep CT_LIMIT_ | sort
echo "nofile $(ulimit -n)"
perl -e 'while (open(my $f, "<", "/dev/null")) { push @f, $f } print "open: $!\\n"'
head -c 32M /dev/zero > /tmp/big || echo "fits $(stat -c %s /tmp/big)"
rm /tmp/big
curl -sS -m 60 http://denied.example.test/ || echo "curl $?"
echo told
until [ -e fork ]; do sleep 1; done
perl -e '$| = 1; while (defined(my $p = fork)) { if (!$p) { sleep 3000; exit } push @p, $p }
  print "fork: $!\\nforked\\n"; until (-e "busy") { select(undef, undef, undef, 1) } kill 9, @p'
for i in 1 2; do perl -e '1 until -e "rest"' & done
echo busy
wait
exec sleep 3000
`;

const config: SecretConfig = secretConfig('[limits]\nopen_files = 256\ntmp = "16MiB"\n');
const { cwd } = config;
const second = project();

/** What is in a project before any session: nothing that ct knows of may be there after them. */
const names = new Map([cwd, second].map((path) => [path, readdirSync(path)]));

let session: Measured;

/** A file of the session's control group. */
const file = (name: string): string => groupFile(session.pid, name);

/** A session that lasts until the power is cut, with a `ct` that no test waits for. */
function attachedSession(path: string, out: string): ChildProcess {
  const program = process.env['CT_TEST_BIN'] ?? '';
  const untilTheEnd = 'echo begun > begun; exec sleep 3000';
  const words = [program, 'run', '-n', 'offline', 'shell', '-c', untilTheEnd];
  const fd = openSync(out, 'w');
  const stdio = ['ignore' as const, fd, fd];
  const child = spawn(process.execPath, words, { cwd: path, stdio, detached: true });
  child.unref();
  return child;
}

describe('a session with limits', () => {
  beforeAll(async () => {
    const limits = ['-m', '256MiB', '--cpus', '0.5', '--pids-limit', '96'];
    const options = ['--preset', 'locked', '-n', 'strict', ...limits];
    const id = await detached(options, SCRIPT, { ...config.run, cwd });
    const found = (await measured()).find((one) => one.id === id);
    if (found === undefined) throw new Error(`ct ps does not show ${id}`);
    session = found;
    await says(cwd, 'told');
  });

  it('runs under locked, which refuses a host that lacks anything, with every wall in full', () => {
    expect(session.enforcement.map(({ aspect }) => aspect)).toContain('limits');
    expect(session.enforcement.filter(({ level }) => level !== 'full')).toEqual([]);
  });

  it('has them in its control group, with no swap beside the memory', () => {
    expect(file('memory.max')).toBe(String(256 * MiB));
    expect(file('memory.swap.max')).toBe('0');
    expect(file('cpu.max')).toBe('50000 100000');
    expect(file('pids.max')).toBe('96');
  });

  it('is told its budget', () => {
    expect(said(cwd).slice(0, 4)).toEqual([
      'CT_LIMIT_CPUS=0.5',
      `CT_LIMIT_MEMORY_BYTES=${256 * MiB}`,
      'CT_LIMIT_PIDS=96',
      `CT_LIMIT_TMP_BYTES=${16 * MiB}`,
    ]);
  });

  it('opens no more files, and fills no more of /tmp', () => {
    expect(said(cwd)).toEqual(
      expect.arrayContaining(['nofile 256', 'open: Too many open files', `fits ${16 * MiB}`]),
    );
    expect(said(cwd).join('\n')).toContain('No space left on device');
  });

  it('reaches no name that strict does not allow', () => {
    expect(said(cwd).find((line) => line.startsWith('curl '))).toBe('curl 6');
  });

  it('forks until its limit, and the host goes on: another session begins', async () => {
    release(cwd, 'fork');
    await says(cwd, 'forked');
    expect(said(cwd)).toContain('fork: Resource temporarily unavailable');
    const now = Number(file('pids.current'));
    expect(now).toBeLessThanOrEqual(96);
    expect(now).toBeGreaterThan(64);
    const out = join(second, '..', 'attached');
    const child = attachedSession(second, out);
    const hasBegun = (): boolean => {
      if (child.exitCode !== null) throw new Error(`it ended: ${readFileSync(out, 'utf8')}`);
      return existsSync(join(second, 'begun'));
    };
    await eventually('the other session begins', hasBegun, PATIENCE_MS);
  });

  it('gets no more processor time than its share, however busy it is', async () => {
    release(cwd, 'busy');
    await says(cwd, 'busy');
    const used = (): number => valueOf(file('cpu.stat'), 'usage_usec') / 1000;
    const throttled = (): number => valueOf(file('cpu.stat'), 'nr_throttled');
    const [fromMs, from, before] = [performance.now(), used(), throttled()];
    await eventually('it is held back', () => throttled() > before + 20, PATIENCE_MS);
    // It can't be more, whatever else goes on; one period at either end.
    const to = used();
    expect(to - from).toBeLessThanOrEqual((performance.now() - fromMs) * 0.5 + 100);
    release(cwd, 'rest');
  });

  it('goes on when the clock jumps by a day', async () => {
    const before = Date.now();
    writeFileSync(SET_CLOCK, '');
    await eventually('the clock is set', () => !existsSync(SET_CLOCK), PATIENCE_MS);
    expect(Date.now() - before).toBeGreaterThan(23 * 3600_000);
    const inside = await ct(['exec', session.id, '--', 'date', '+%s']);
    expect(inside).toMatchObject({ status: 0, stderr: '' });
    expect(Number(inside.stdout.toString()) * 1000 - before).toBeGreaterThan(23 * 3600_000);
  });
});

describe('a program that wants more memory than its limit', () => {
  const greedy = `perl -e '$x = "x" x (256 << 20); print "had it\\n"'`;

  it('is killed, also where the host has swap, and ct names the limit', async () => {
    expect(readFileSync('/proc/swaps', 'utf8')).toContain('/swap');
    const done = await ct(['run', '-m', '128MiB', '-n', 'offline', 'shell', '-c', greedy]);
    expect(done.stdout.toString()).toBe('');
    expect(done.stderr).toContain(
      'the kernel killed a program of the session: it ran out of memory (limit 128 MiB; -m gives it more)',
    );
    expect(done.status).toBe(137);
  });
});

describe('the machine', () => {
  it('is switched off in the middle of two sessions, which went on until then', async () => {
    const all = await measured();
    const lives = all.map(({ life, status }) => `${life} ${status}`).sort();
    expect(lives).toEqual(['attached running', 'detached running']);
    expect(all.find(({ life }) => life === 'detached')).toMatchObject({
      id: session.id,
      pid: session.pid,
    });
    // Both hold what a clean end would take away.
    for (const path of names.keys()) expect(readdirSync(path)).toContain('.vscode');
    const projects = [...names].map(([path, before]) => ({ path, names: before }));
    leave({ bootId: bootId(), projects });
  });
});
