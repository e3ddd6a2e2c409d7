import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Account, lendImages, sweep, type Done } from './support/accounts.ts';
import { installCt } from './support/install.ts';

/**
 * Two ordinary accounts with the same `ct` on one host. Everything is typed in log-in shells, which
 * start with nothing in their environment.
 */
let ct: string;
let ann: Account;
let bob: Account;

beforeAll(async () => {
  sweep();
  ct = await installCt();
  [ann, bob] = [Account.make('ct-root-a', ct), Account.make('ct-root-b', ct)];
  // Hers may be out of date and then takes a minute; his is hers.
  lendImages(process.env['CT_TEST_STORE'], ann);
  await init(ann);
  lendImages(`${ann.home}/.local/share/containers/storage`, bob);
  await init(bob);
});
afterAll(sweep);

async function init(account: Account): Promise<void> {
  const made = await account.ct('sys init');
  expect(made, made.stderr).toMatchObject({ status: 0 });
}

/** Ids of the account's sessions. */
async function sessionsOf(account: Account): Promise<readonly string[]> {
  const { stdout } = await account.ct('ps --all --json');
  return (JSON.parse(stdout) as { sessions: { id: string }[] }).sessions.map(({ id }) => id);
}

const start = async (account: Account): Promise<string> => {
  const done = await account.ct(`run -d shell -c 'sleep 300'`, 'mkdir -p ~/p && cd ~/p &&');
  expect(done, done.stderr).toMatchObject({ status: 0 });
  return done.stdout.trim();
};

describe('a log-in shell with an empty environment', () => {
  it('runs a session, with its exit status and nothing but its output', async () => {
    const done = await ann.login(`mkdir -p ~/p && cd ~/p && ${ct} run shell -c 'echo hi; exit 7'`);
    expect(done).toEqual({ status: 7, stdout: 'hi\n', stderr: '' } satisfies Done);
  });

  it('leaves nothing outside the home and the runtime directory', async () => {
    const { stdout } = await ann.login('ls -d /tmp/*$(id -u)* /var/tmp/*$(id -u)* 2>/dev/null');
    expect(stdout).toBe('');
  });
});

describe('two accounts at once', () => {
  it('run sessions at the same time, each with its own output', async () => {
    const line = (word: string): string => `run shell -c 'sleep 0.5; echo ${word}; id -u'`;
    const go = 'mkdir -p ~/p && cd ~/p &&';
    const [one, two] = await Promise.all([ann.ct(line('ann'), go), bob.ct(line('bob'), go)]);
    expect(one).toEqual({ status: 0, stdout: 'ann\n1000\n', stderr: '' });
    expect(two).toEqual({ status: 0, stdout: 'bob\n1000\n', stderr: '' });
  });

  it("neither see nor stop each other's sessions", async () => {
    const [hers, his] = [await start(ann), await start(bob)];
    expect(await sessionsOf(ann)).toEqual([hers]);
    expect(await sessionsOf(bob)).toEqual([his]);

    const stolen = await bob.ct(`stop ${hers}`);
    expect(stolen.status).not.toBe(0);
    expect(stolen.stderr).toContain(hers);
    expect((await bob.ct(`exec ${hers} -- true`)).status).toBe(125);
    expect((await bob.ct('stop --all --timeout 0s')).status).toBe(0);
    expect(await sessionsOf(bob)).toEqual([]);
    expect(await sessionsOf(ann)).toEqual([hers]);
    expect((await ann.ct(`exec ${hers} -- echo alive`)).stdout).toBe('alive\n');
    await ann.ct(`stop ${hers} --timeout 0s`);
  });

  it("have a service each, and no way to the other's", async () => {
    const started = await ann.ct('daemon start');
    expect(started, started.stderr).toMatchObject({ status: 0 });
    expect((await bob.ct('daemon status')).status).toBe(3);
    expect((await bob.ct('daemon stop')).stderr).toContain('does not run');
    expect((await ann.ct('daemon status')).status).toBe(0);
    const find = 'ls -d /run/user/$(id -u)/ct/daemon.sock /dev/shm/ct-run-$(id -u)/ct/daemon.sock';
    const socket = (await ann.login(`${find} 2>/dev/null`)).stdout.trim();
    expect(socket).toMatch(/^\/\S+$/u);
    const connect = `perl -MSocket -e 'socket(S, PF_UNIX, SOCK_STREAM, 0);
      print connect(S, pack_sockaddr_un($ARGV[0])) ? "in" : "out: $!"' ${socket}`;
    expect((await ann.login(connect)).stdout).toBe('in');
    expect((await bob.login(connect)).stdout).toBe('out: Permission denied');
    expect((await ann.ct('daemon stop')).status).toBe(0);
  });

  it("clean up after their own killed runs, never after each other's", async () => {
    const hers = await start(ann);
    // A run of his whose ct is killed: the next command of his cleans it away.
    const killed = `${ct} run shell -c 'sleep 300' & sleep 1.5; kill -9 $!; wait`;
    await bob.login(`cd ~/p; ${killed}`);
    const seen = await bob.ct('run shell -c true', 'cd ~/p &&');
    expect(seen.status).toBe(0);
    expect(await sessionsOf(bob)).toEqual([]);
    expect(await sessionsOf(ann)).toEqual([hers]);
    await ann.ct('stop --all --timeout 0s');
    expect(await sessionsOf(ann)).toEqual([]);
  });

  it("cannot use each other's engine", async () => {
    const places = [`/dev/shm/ct-run-${ann.uid}/ct`, `/run/user/${ann.uid}/podman`];
    const directory = places.find((path) => existsSync(path));
    expect(directory).toBeDefined();
    const socket = `${directory ?? ''}/podman.sock`;
    const done = await bob.ct('run shell -c true', `cd ~/p && CONTAINER_HOST=unix://${socket}`);
    expect(done.status).toBe(125);
    expect(done.stderr).toMatch(/cannot be used|permission|EACCES/u);
  });
});
