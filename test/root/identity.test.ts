import { readFileSync, statSync } from 'node:fs';
import { afterEach, afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Account, lendImages, sweep } from './support/accounts.ts';
import { installCt } from './support/install.ts';

let ct: string;
let account: Account | undefined;
beforeAll(async () => {
  sweep();
  // Whole sessions of a command that starts as it does where Node comes from Debian.
  ct = await installCt({ hasSnapshot: true });
});
afterEach(() => {
  account?.remove();
  account = undefined;
});
afterAll(sweep);

/** What a session must see, whatever the host calls the account. */
const SCRIPT = `id -u; id -g; id -un; id -gn; whoami; getent passwd 1000 | cut -d: -f6; hostname
  grep -c localhost /etc/hosts; node -p os.userInfo\\(\\).username; echo made > file; cat /etc/hostname`;

// Those from 1000 on are what all other sessions here have: 1001 on this machine, 1000 on its guest. Copying an image and
// changing its owners takes its time on a busy machine.
describe.each([501, 60_000, 1_200_000_001])('an account with uid %i', (uid) => {
  it('is uid 1000 with a name inside, and owns outside what is made inside', async () => {
    // useradd gives subordinate ids from UID_MIN to UID_MAX only; without -l it makes lastlog as large as
    // the uid.
    const range = ['UID_MIN', 'GID_MIN', 'UID_MAX', 'GID_MAX'].flatMap((k) => [
      '-K',
      `${k}=${uid}`,
    ]);
    const useradd = ['-l', ...range, '-u', String(uid)];
    account = Account.make('ct-root-id', ct, { useradd });
    expect(account.uid).toBe(uid);
    lendImages(process.env['CT_TEST_STORE'], account);
    account.write('p/run.sh', SCRIPT);
    const done = await account.login(`cd ~/p && ${ct} run shell run.sh`);
    expect(done, done.stderr).toMatchObject({ status: 0 });
    expect(done.stdout.split('\n').slice(0, 6)).toEqual([
      ...['1000', '1000', 'ct', 'ct', 'ct', '/home/ct'],
    ]);
    expect(done.stdout.trim().split('\n').slice(6)).toEqual([
      ...['ct', expect.stringMatching(/^[1-9]/u), 'ct', 'ct'],
    ]);
    const made = statSync(`${account.home}/p/file`);
    expect(made.uid).toBe(uid);
    expect(made.gid).toBe(statSync(account.home).gid);
    expect(readFileSync(`${account.home}/p/file`, 'utf8')).toBe('made\n');
  }, 400_000);
});
