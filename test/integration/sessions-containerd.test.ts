import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { containerdImage } from './support/containerd-image.ts';
import {
  abandonBundle,
  cutOffDelete,
  forgetByRuntime,
  killPart,
  killQuietly,
  loseRecord,
  PARTS,
  remains,
} from './support/containerd-remains.ts';
import { ENDS_TASKS, endsTasksAtStart } from './support/containerd-restart.ts';
import { eventually, ct as anyCt, project, startCt as startAny, type Run } from './support/ct.ts';
import { containerSpec, openTestEngine } from './support/engine-fixture.ts';
import { testImage } from './support/image.ts';
import { TerminalWindow } from './support/tmux.ts';

const env = { CT_ENGINE: 'containerd' };
const ct = (args: readonly string[], run: Run = {}) => anyCt(args, { ...run, env });
const startCt = (args: readonly string[], run: Run = {}) => startAny(args, { ...run, env });
const inSession = ['run', 'shell', '-c'];

/** Before any of them: what other tests or people left. */
let before: readonly string[];

const left = (): readonly string[] => remains().filter((one) => !before.includes(one));

/** Nothing is left once the next command has been there; it has nothing to complain about. */
async function expectCleanAfterNext(): Promise<void> {
  const next = await ct(['ps']);
  expect([next.status, next.stderr]).toEqual([0, '']);
  await expect.poll(left, { timeout: 60_000 }).toEqual([]);
}

describe('a session on containerd, whatever is killed', () => {
  let window: TerminalWindow | undefined;
  beforeAll(async () => {
    await containerdImage();
    before = remains();
  });
  afterEach(() => {
    window?.close();
    window = undefined;
  });

  it.for(['containerd', 'rootlesskit'] as const)(
    'lives through the death of %s, and ct goes on with it',
    async (part, context) => {
      if (await endsTasksAtStart()) context.skip(ENDS_TASKS);
      const child = startCt([...inSession, 'echo ready; read -r line; echo "$line"; exit 7']);
      await once(child.stdout, 'data');
      expect(await killPart(part)).toBeGreaterThan(0);
      const exec = await ct(['exec', await onlySession(), 'echo', 'hi']);
      expect([exec.status, exec.stdout.toString(), exec.stderr]).toEqual([0, 'hi\n', '']);
      child.stdin.end('on\n');
      const done = await child.finished;
      expect([done.status, done.stdout.toString(), done.stderr]).toEqual([7, 'ready\non\n', '']);
      await expectCleanAfterNext();
    },
  );

  it.each([
    ['a shim', ['shim']],
    ['containerd and the shim', ['containerd', 'shim']],
    ['all of it', ['rootlesskit', 'containerd', 'shim']],
  ] as const)('is no success when %s dies', async (_, parts) => {
    const child = startCt([...inSession, 'echo ready; sleep 60']);
    await once(child.stdout, 'data');
    expect(await killPart(parts[0])).toBeGreaterThan(0);
    for (const part of parts.slice(1)) await killPart(part);
    const done = await child.finished;
    expect([125, 137], done.stderr).toContain(done.status);
    await expectCleanAfterNext();
  });

  it.each([
    ['create', 'containerd'],
    ['create', 'ct'],
    ['init', 'containerd'],
    ['init', 'shim'],
    ['init', 'ct'],
  ] as const)(
    'when %s is over and %s dies, is explained and leaves nothing',
    async (phase, part) => {
      const child = startCt(['run', '-vv', 'shell', '-c', 'exit 7'], { input: '' });
      let said = '';
      let isKilled = false;
      child.stderr.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        if (isKilled || !said.includes(`ms: ${phase},`)) return;
        isKilled = true;
        if (part === 'ct') child.kill('SIGKILL');
        else for (const pid of PARTS[part]()) killQuietly(pid);
      });
      const done = await child.finished;
      expect(isKilled).toBe(true);
      // It may have come too late to matter.
      expect([7, 125, 137], said).toContain(done.status);
      if (done.status === 125) expect(said).toMatch(/^ct: (?!.*ms: ).+\n {2}/mu);
      await expectCleanAfterNext();
    },
  );

  it('in the background never waits for a reader; its end is there for one, whoever was killed', async () => {
    const cwd = project();
    const script =
      'seq 200000; echo last words; touch one; until [ -e go ]; do sleep 0.1; done; ' +
      'seq 200000; touch two; read -r line; echo "read $line"; sleep 60';
    const id = (await ct(['run', '-d', 'shell', '-c', script], { cwd })).stdout.toString().trim();
    await eventually('it wrote', () => existsSync(join(cwd, 'one')));
    const term = (window = new TerminalWindow(['bash', '--norc', '-i'], cwd));
    const attach = `CT_ENGINE=containerd ${process.execPath} ${process.env['CT_TEST_BIN'] ?? ''} attach ${id}`;
    term.type(`clear; ${attach}`, 'Enter');
    await term.shows(/^200000\s+last words$/mu);
    term.close();
    // The next command has another one begin.
    expect(await killPart('keeper')).toBe(1);
    writeFileSync(join(cwd, 'go'), '');
    expect(await onlySession()).toBe(id);
    await eventually('it wrote again', () => existsSync(join(cwd, 'two')));
    window = new TerminalWindow(['bash', '--norc', '-i'], cwd);
    window.type(`clear; ${attach}`, 'Enter');
    await window.shows(/^200000$/mu);
    window.type('on', 'Enter');
    await window.shows(/^read on$/mu);
    expect((await ct(['stop', '--timeout', '0s', id])).status).toBe(0);
    await expectCleanAfterNext();
  });

  it('in the background is taken away when it ends, without another command', async () => {
    expect((await ct(['run', '-d', 'shell', '-c', 'true'])).status).toBe(0);
    await expect.poll(left, { timeout: 60_000 }).toEqual([]);
  });

  it('leaves no shim when its removal is cut off', async () => {
    const engine = await openTestEngine('containerd');
    for (let ms = 0; ms < 5; ms++) {
      const { id } = await engine.create(containerSpec(await testImage(), ['/bin/true']));
      await engine.init(id);
      await engine.start(id);
      await engine.wait(id);
      await cutOffDelete(id, ms);
      await engine.remove(id);
    }
    await engine.close();
    await expectCleanAfterNext();
  });

  it('is ended when its shim dies, and containerd cannot clean up behind it', async () => {
    const started = await ct(['run', '-d', 'shell', '-c', "trap '' HUP; sleep 600"]);
    expect(started.status, started.stderr).toBe(0);
    forgetByRuntime(`ct-shell-${started.stdout.toString().trim()}`);
    expect(await killPart('shim')).toBe(1);
    await expectCleanAfterNext();
  });

  it('leaves no bundle and no mount where containerd gave up on them, and those of others stay', async () => {
    const child = startCt([...inSession, 'echo ready; read -r line; echo "$line"']);
    await once(child.stdout, 'data');
    const own = left().filter((one) => /^(?:bundle|mount) /u.test(one));
    expect(own).toHaveLength(2);
    abandonBundle('ct-abandoned');
    const now = left();
    expect(now).toContain('bundle ct-abandoned');
    expect(now.filter((one) => one.startsWith('mount '))).toHaveLength(2);
    await expect
      .poll(() => left().filter((one) => /^(?:bundle|mount) /u.test(one)), { timeout: 30_000 })
      .toEqual(own);
    child.stdin.end('on\n');
    const done = await child.finished;
    expect([done.status, done.stdout.toString(), done.stderr]).toEqual([0, 'ready\non\n', '']);
    await expectCleanAfterNext();
  });

  it('is ended when its record is lost', async () => {
    const started = await ct(['run', '-d', 'shell', '-c', 'sleep 60']);
    expect(started.status, started.stderr).toBe(0);
    await loseRecord(`ct-shell-${started.stdout.toString().trim()}`);
    await expectCleanAfterNext();
  });
});

async function onlySession(): Promise<string> {
  const { stdout, stderr } = await ct(['ps', '--json']);
  const { sessions } = JSON.parse(stdout.toString()) as { sessions: readonly { id: string }[] };
  expect(sessions, stderr).toHaveLength(1);
  return sessions[0]?.id ?? '';
}
