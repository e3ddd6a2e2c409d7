import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { snapshot } from '../../src/attack/bait.ts';
import { PROTECTED_PATHS } from '../../src/sandbox/protected-paths.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { SessionPlan } from '../../src/plan/plan.ts';
import { ct, eventually, project, sessions, startCt, type Done } from './support/ct.ts';
import { openTestEngine, TEST_LABEL } from './support/engine-fixture.ts';

/** A hostile session beside others, and beside ct itself: attempts of src/attack/list/suite.ts. */

const scratch = mkdtempSync(join(realpathSync(process.env['HOME'] ?? '/tmp'), 'ct-attack-beside-'));
const canary = join(scratch, 'canary');
let engine: Engine;

beforeAll(async () => {
  engine = await openTestEngine();
  mkdirSync(canary);
  writeFileSync(join(canary, 'secret'), 'of the host\n', { mode: 0o600 });
});
afterEach(async () => {
  await ct(['stop', '--all', '--timeout', '0s']);
});
afterAll(async () => {
  for (const left of await engine.list([TEST_LABEL])) await engine.remove(left.id);
  await engine.close();
  rmSync(scratch, { recursive: true, force: true });
});

/** A session that runs until it is stopped; resolves when its script has said `up`. */
async function hostile(
  script: string,
  cwd: string,
): Promise<{ readonly id: string; end(): Promise<Done> }> {
  const known = new Set((await sessions()).map(({ id }) => id));
  const child = startCt(['run', '-n', 'offline', 'shell', '-c', script], { cwd });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await eventually('the hostile session is up', () => text.includes('up'));
  const [session] = (await sessions()).filter(({ id }) => !known.has(id));
  return {
    id: session?.id ?? '',
    end: async () => {
      child.stdin.end();
      await ct(['stop', session?.id ?? '', '--timeout', '0s']);
      return child.finished;
    },
  };
}

/** Swaps a directory of the shared project for a link to the host and back, as fast as it can. */
const SWAPPER = `
  print "up\\n";
  while (1) {
    rename 'sub', 'other'; symlink '${canary}', 'sub';
    select undef, undef, undef, rand 0.004;
    unlink 'sub'; rename 'other', 'sub';
    select undef, undef, undef, rand 0.004;
  }
`;

/** Empty directories that an engine makes to mount something on. */
const MOUNT_POINTS = new Set(['.git', ...PROTECTED_PATHS.map(({ name }) => name)]);

describe('a session that swaps links while others start', () => {
  it('never gets a directory of the host into one of thirty (ESC-03.2)', async () => {
    const shared = project('shared');
    mkdirSync(join(shared, 'sub'));
    writeFileSync(join(shared, 'sub', 'own'), 'of the project\n');
    const before = snapshot(canary);
    // The user's shell stands in the directory, whatever it is called at the moment.
    const inside = openSync(join(shared, 'sub'), 'r');
    const attacker = await hostile(
      `exec /usr/bin/perl -e '$|=1; ${SWAPPER.replace(/'/gu, `'\\''`)}'`,
      shared,
    );
    const ends: string[] = [];
    try {
      for (let round = 0; round < 30; round += 1) {
        const done = await standing(inside, [
          'run',
          '-n',
          'offline',
          'shell',
          '-c',
          'cat own secret; echo made > made',
        ]);
        ends.push(`${done.status} ${done.stdout.toString()}`);
        expect(done.stdout.toString()).not.toContain('of the host');
      }
    } finally {
      closeSync(inside);
      await attacker.end();
    }
    const after = snapshot(canary);
    for (const [path, what] of before) expect([path, after.get(path)]).toEqual([path, what]);
    // What the engine may leave there before the start is refused: docs/threat-model.md has it.
    const gained = [...after].filter(([path]) => !before.has(path));
    expect(
      gained.filter(([path, what]) => what !== 'directory' || !MOUNT_POINTS.has(path)),
    ).toEqual([]);
    // Some must have come off, or the attack was none.
    expect(ends.filter((end) => /of the project/u.test(end)).length).toBeGreaterThan(0);
  });
});

/** Runs ct with a working directory that is entered by its descriptor, not by its name. */
async function standing(directory: number, args: readonly string[]): Promise<Done> {
  const child = spawn(process.execPath, [process.env['CT_TEST_BIN'] ?? 'dist/main.cjs', ...args], {
    cwd: `/proc/self/fd/${directory}`,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (text.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text.stderr += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { status: code ?? 128, stdout: Buffer.from(text.stdout), stderr: text.stderr };
}

describe('ct exec into a hostile session', () => {
  it('ends in time with a status though everything that starts there is killed (ESC-01.6)', async () => {
    const attacker = await hostile(
      `exec /usr/bin/perl -e '$|=1; print "up\\n"; while (1) { for my $p (</proc/[0-9]*>) { $p =~ s{.*/}{}; kill 9, $p if $p != $$ && $p > 1 } }'`,
      project(),
    );
    for (let round = 0; round < 5; round += 1) {
      const began = performance.now();
      const done = await ct(['exec', attacker.id, '--', 'sleep', '120']);
      expect(performance.now() - began).toBeLessThan(60_000);
      expect(done.status).not.toBe(0);
    }
    await attacker.end();
  });

  it('runs what is asked for by its path, whatever lies first in the PATH (ESC-01.6)', async () => {
    const attacker = await hostile(
      'mkdir -p ~/.local/bin; printf "#!/bin/sh\\necho evil\\n" > ~/.local/bin/cat; chmod +x ~/.local/bin/cat; echo up; sleep 60',
      project(),
    );
    const done = await ct(['exec', attacker.id, '--', '/bin/cat', '/etc/hostname']);
    await ct(['exec', attacker.id, '--', '/bin/rm', '-f', '/home/ct/.local/bin/cat']);
    await attacker.end();
    expect(done.stdout.toString().trim()).toBe('ct');
  });
});

describe('two sessions at once', () => {
  it('see nothing of each other but the home that they share (ESC-34)', async () => {
    const [mine, theirs] = [project('mine'), project('theirs')];
    writeFileSync(join(theirs, 'file'), 'of the other project\n');
    const other = await hostile(
      `exec /usr/bin/perl -e '$|=1; use Socket; socket my $s, AF_UNIX, SOCK_STREAM, 0; bind $s, pack("S a*", AF_UNIX, "\\0ct-beside"); listen $s, 5; open my $f, ">", "/tmp/mark"; shmget(4242, 4096, 01600); print "up\\n"; sleep 60'`,
      theirs,
    );
    const look = `
      ls /projects; ls /tmp; cat ${theirs}/file 2>/dev/null;
      grep -ac beside /proc/[0-9]*/cmdline | grep -v ":0";
      grep -c ct-beside /proc/net/unix;
      grep -c 4242 /proc/sysvipc/shm`;
    const done = await ct(['run', '-n', 'offline', 'shell', '-c', look], { cwd: mine });
    await other.end();
    // The script's own shell has the word in its command line.
    const lines = done.stdout
      .toString()
      .split('\n')
      .filter((line) => !/^\/proc\/\d+\/cmdline/u.test(line));
    expect(lines).toEqual(['mine', '0', '0', '']);
  });
});

describe('hostile names', () => {
  const evil = '\u001b]0;owned\u0007\u001b[2J\u202Eexe.txt';

  it('of projects cannot drive the terminal through what ct prints (WS-18)', async () => {
    const cwd = project(evil);
    const session = await hostile('echo up; sleep 60', cwd);
    const said = await Promise.all([
      ct(['ps'], { cwd }),
      ct(['ps', '-a', '--json'], { cwd }),
      ct(['exec', session.id, '--', 'nothing-such'], { cwd }),
      ct(['attach', evil], { cwd }),
      ct(['run', evil], { cwd }),
      ct(['run', '--network', evil, 'shell'], { cwd }),
    ]);
    const ended = await session.end();
    for (const { stderr } of [...said, ended]) expect(stderr).not.toMatch(CONTROL);
    for (const { stdout } of said) expect(stdout.toString()).not.toMatch(CONTROL);
  });

  it('in labels of a container that claims to be a session cannot either (WS-18)', async () => {
    const printed = await ct(['run', '--dry-run', '-n', 'offline', 'shell'], { cwd: project() });
    const { container } = JSON.parse(printed.stdout.toString()) as SessionPlan;
    const forged = Object.keys(container.labels).map((key) => [
      key,
      ['ct.instance', 'ct.kind', 'ct.owner'].includes(key) ? (container.labels[key] ?? '') : evil,
    ]);
    await engine.create({
      ...container,
      name: `ct-attack-forged-${process.pid}`,
      labels: { ...Object.fromEntries(forged), 'ct.life': 'detached', [TEST_LABEL]: '1' },
    });
    const said = [
      await ct(['ps', '-a']),
      await ct(['ps', '-a', '--json']),
      await ct(['stop', 'x']),
    ];
    await engine.remove(`ct-attack-forged-${process.pid}`);
    for (const { stdout, stderr } of said)
      expect(`${stdout.toString()}${stderr}`).not.toMatch(CONTROL);
  });
});

/** What a terminal would obey, or a reader would be fooled by. */
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/u;
