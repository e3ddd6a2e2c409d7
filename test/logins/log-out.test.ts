import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../integration/support/ct.ts';
import type { Account, Done } from '../root/support/accounts.ts';
import {
  CT,
  ensureAnn,
  logIn,
  sessionsOf,
  setLogOut,
  Terminal,
  untilAllEnded,
} from './support/ann.ts';

/** As root on the booted guest: an ordinary account logs in, starts sessions and logs out. */
let ann: Account;

beforeAll(async () => {
  setLogOut({ killsAll: false });
  ann = await ensureAnn();
  await untilAllEnded(ann);
});
afterAll(() => loginctl('disable-linger', 'ann'));

const loginctl = (...words: readonly string[]): string =>
  execFileSync('loginctl', words, { encoding: 'utf8' }).trim();

/** The state of an account that is logged in, or was and has left something. Source: loginctl(1) */
const state = (): string => loginctl('show-user', '--property=State', '--value', 'ann');

/** A detached session, started in a log-in that is over then; its id. */
async function detached(seconds: number): Promise<string> {
  const done = await logIn(ann, `cd ~/p && ${CT} run -d shell -c 'sleep ${seconds}'`);
  expect(done, done.stderr).toMatchObject({ status: 0, stderr: '' });
  return done.stdout.trim();
}

const runs = (program: string): boolean => ann.processes().includes(program);

/** The first thing done in a log-in: a session that works, and what is there beside it. */
async function expectCleanStart(): Promise<void> {
  const state = `ls -A ~/p; podman ps --all --quiet; ls ~/.local/state/ct/stubs`;
  const done = await logIn(ann, `cd ~/p && ${CT} run shell -c 'echo next' && ${state}`);
  expect(done).toEqual({ status: 0, stdout: 'next\n', stderr: '' } satisfies Done);
  await untilAllEnded(ann);
}

describe('an account without lingering', () => {
  it('is told so when it installs the service', async () => {
    const done = await logIn(ann, `${CT} daemon install`);
    expect(done, done.stderr).toMatchObject({ status: 0 });
    expect(done.stderr).toContain('sessions and the service end when you log out');
    expect(done.stderr).toContain('loginctl enable-linger');
    await untilAllEnded(ann);
  });

  it('loses a detached session where a log-out ends all processes, and nothing is left of it', async () => {
    setLogOut({ killsAll: true });
    await detached(3001);
    await untilAllEnded(ann);
    // The guard of the empty directories in the project has ended too: the next ct takes them away.
    const done = await logIn(ann, `cd ~/p && ${CT} ps --all --json && ls -A && podman ps -aq`);
    expect(done).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(done.stdout)).toMatchObject({ sessions: [] });
    await untilAllEnded(ann);
    await expectCleanStart();
  });

  it('finds it again where a log-out leaves processes alone, as Debian has it', async () => {
    setLogOut({ killsAll: false });
    const id = await detached(3002);
    await eventually('the log-in is over', () => state() === 'closing');
    expect(runs('sleep 3002')).toBe(true);
    expect(await sessionsOf(ann)).toEqual([id]);
    const done = await logIn(ann, `${CT} exec ${id} -- echo alive && ${CT} stop ${id}`);
    expect(done).toMatchObject({ status: 0 });
    expect(done.stdout).toContain('alive\n');
    await untilAllEnded(ann);
    await expectCleanStart();
  });
});

describe('a lingering account', () => {
  it('keeps detached sessions, with their network, where a log-out ends all processes', async () => {
    setLogOut({ killsAll: true });
    loginctl('enable-linger', 'ann');
    const id = await detached(3003);
    await eventually('the log-in is over', () => state() === 'lingering');
    expect(runs('sleep 3003')).toBe(true);
    const { stdout } = await ann.ct('daemon status --json');
    expect(JSON.parse(stdout)).toMatchObject({
      bySystemd: true,
      parts: { networks: { sessions: [id] } },
    });
    expect((await ann.ct(`exec ${id} -- echo alive`)).stdout).toBe('alive\n');
  });

  it('loses them with its lingering', async () => {
    loginctl('disable-linger', 'ann');
    await untilAllEnded(ann);
    await expectCleanStart();
  });
});

describe('a log-out in the middle of a session', () => {
  const ends: readonly [string, boolean, (terminal: Terminal) => void][] = [
    ['the connection is lost', false, (terminal) => terminal.hangUp()],
    ['it is lost, and a log-out ends all processes', true, (terminal) => terminal.hangUp()],
    ['root ends all of the account', true, () => loginctl('terminate-user', 'ann')],
  ];

  it.for(ends)('ends it, and leaves nothing: %s', async ([, killsAll, end]) => {
    setLogOut({ killsAll });
    const terminal = new Terminal(ann);
    try {
      await terminal.type(`cd ~/p && ${CT} run shell -c 'sleep 3004'`);
      await eventually('the session runs', () => runs('sleep 3004'));
      end(terminal);
      await untilAllEnded(ann);
      await expectCleanStart();
    } catch (thrown) {
      const left = ann.processes().join('; ');
      const seen = `left: ${left}; the terminal showed: ${JSON.stringify(terminal.shown)}`;
      throw new Error(`${String(thrown)}; ${seen}`, { cause: thrown });
    } finally {
      terminal.hangUp();
    }
  });
});
