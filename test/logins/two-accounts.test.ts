import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Account } from '../root/support/accounts.ts';
import { CT, ensureAnn, logIn, sessionsOf, setLogOut } from './support/ann.ts';

/** As root on the booted guest: two ordinary accounts, each with a systemd of its own; ann has a session. */
let ann: Account;
let bob: Account;
let hers = '';

beforeAll(async () => {
  setLogOut({ killsAll: false });
  ann = await ensureAnn();
  bob = Account.make('bob', CT);
  for (const { name } of [ann, bob]) execFileSync('loginctl', ['enable-linger', name]);
  expect((await ann.ct('daemon install')).status).toBe(0);
  const done = await logIn(ann, `cd ~/p && ${CT} run -d shell -c 'sleep 3005'`);
  expect(done, done.stderr).toMatchObject({ status: 0 });
  hers = done.stdout.trim();
});
afterAll(async () => {
  await ann.ct('stop --all --timeout 0s');
  for (const { name } of [ann, bob]) execFileSync('loginctl', ['disable-linger', name]);
});

const connect = (path: string): string => `perl -MSocket -e 'socket(S, PF_UNIX, SOCK_STREAM, 0);
  print connect(S, pack_sockaddr_un($ARGV[0])) ? "in" : "out: $!"' ${path}`;

describe('another account on the host', () => {
  it('has no session and no service of hers among its own', async () => {
    expect(await sessionsOf(ann)).toEqual([hers]);
    expect(await sessionsOf(bob)).toEqual([]);
    expect((await ann.ct('daemon status')).status).toBe(0);
    expect((await bob.ct('daemon status')).status).toBe(3);
    expect((await bob.ct(`exec ${hers} -- true`)).status).toBe(125);
    expect((await bob.ct(`stop ${hers}`)).status).not.toBe(0);
    expect((await bob.ct('stop --all --timeout 0s')).status).toBe(0);
  });

  it.for(['ct/daemon.sock', 'ct/network.sock', 'podman/podman.sock', 'bus', 'systemd/private'])(
    'does not get through to her %s',
    async (name) => {
      const path = `/run/user/${ann.uid}/${name}`;
      expect((await logIn(ann, connect(path))).stdout).toBe('in');
      expect((await logIn(bob, connect(path))).stdout).toBe('out: Permission denied');
    },
  );

  it('reads neither the key of her service nor where her sessions are', async () => {
    const directory = `/run/user/${ann.uid}/ct`;
    for (const read of [`cat ${directory}/key`, `ls ${directory}`, `ls ${directory}/sessions`]) {
      expect((await logIn(ann, read)).stdout, read).not.toBe('');
      const done = await logIn(bob, read);
      expect([done.status === 0, done.stdout], read).toEqual([false, '']);
    }
    const log = await logIn(bob, `cat ${ann.home}/.local/state/ct/logs/daemon.log`);
    expect(log).toMatchObject({ status: 1, stdout: '' });
    const journal = (account: Account) =>
      logIn(account, `journalctl -q --no-pager _UID=${ann.uid} + USER_UNIT=ct.service`);
    expect((await journal(ann)).stdout).toContain('ct.service');
    expect((await journal(bob)).stdout).toBe('');
  });

  it('does not get into her session by its processes', async () => {
    const find = `pgrep -u ${ann.uid} -x sleep`;
    const pid = (await logIn(bob, find)).stdout.trim();
    expect(pid).toMatch(/^\d+$/u);
    expect((await logIn(ann, `ls /proc/${pid}/root/run`)).stdout).not.toBe('');
    for (const look of [`ls /proc/${pid}/root/`, `cat /proc/${pid}/environ`]) {
      const done = await logIn(bob, look);
      expect([done.status === 0, done.stdout], look).toEqual([false, '']);
    }
    expect((await logIn(bob, `kill ${pid}`)).status).not.toBe(0);
    const enter = await logIn(bob, `nsenter -t ${pid} -U -m true`);
    expect(enter.status).not.toBe(0);
  });

  it('comes no further when it names her engine or her runtime directory', async () => {
    const engine = `CONTAINER_HOST=unix:///run/user/${ann.uid}/podman/podman.sock`;
    const directory = `XDG_RUNTIME_DIR=/run/user/${ann.uid}`;
    const refused = await bob.ct('ps', engine);
    expect([refused.status, refused.stdout]).toEqual([125, '']);
    expect(refused.stderr).toMatch(/^ct: .+\n +\S/u);
    // A variable that `su` has left there: ct goes to his own.
    const own = await bob.ct('ps --all --json', directory);
    expect(own.status, own.stderr).toBe(0);
    expect(JSON.parse(own.stdout)).toMatchObject({ sessions: [] });
    const told = await logIn(bob, `${directory} systemctl --user stop ct.service`);
    expect(told.status).not.toBe(0);
  });

  it('has left her session as it was', async () => {
    expect(await sessionsOf(ann)).toEqual([hers]);
    expect((await ann.ct(`exec ${hers} -- echo alive`)).stdout).toBe('alive\n');
  });
});
