import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Account, sweep } from './support/accounts.ts';
import { installCt } from './support/install.ts';

const STORE = '.config/ct/secrets/secrets.toml';

let ct: string;
let account: Account | undefined;
beforeAll(async () => {
  sweep();
  ct = await installCt();
});
afterEach(() => {
  account?.remove();
  account = undefined;
});
afterAll(sweep);

/** An account with a small file system for its secrets, and one stored in it. */
async function withStore(): Promise<Account> {
  account = Account.make('ct-root-a', ct);
  const dir = account.own('.config/ct/secrets');
  const owner = `uid=${account.uid},gid=${account.uid},mode=0700,size=128k`;
  execFileSync('mount', ['-t', 'tmpfs', '-o', owner, 'tmpfs', dir]);
  expect((await account.ct('secrets set OLD_KEY', 'printf old-value |')).status).toBe(0);
  return account;
}

describe('a store that cannot be written', () => {
  it('on a full disk keeps the old file and says that the disk is full', async () => {
    const someone = await withStore();
    const before = readFileSync(join(someone.home, STORE));
    const fill = `head -c 1000000 /dev/zero >${join(someone.home, '.config/ct/secrets/fill')}`;
    expect((await someone.login(fill)).status).not.toBe(0);
    const done = await someone.ct(
      'secrets set NEW_KEY',
      'head -c 60000 /dev/urandom | base64 | head -c 60000 |',
    );
    expect(done.status).toBe(125);
    expect(done.stderr).toMatch(/the disk is full/u);
    expect(readFileSync(join(someone.home, STORE))).toEqual(before);
  });

  it('in a read-only home says so, and what is stored is still there to be used', async () => {
    const someone = await withStore();
    const dir = join(someone.home, '.config/ct/secrets');
    execFileSync('mount', ['-o', 'remount,ro', dir]);
    const done = await someone.ct('secrets set NEW_KEY', 'printf new-value |');
    expect(done.status).toBe(125);
    expect(done.stderr).toMatch(/read-only/u);
    expect(done.stderr).not.toContain('new-value');
    expect(existsSync(join(someone.home, STORE))).toBe(true);
    expect((await someone.ct('secrets list')).stdout).toMatch(/^OLD_KEY/mu);
  });

  it('of another account is not read', async () => {
    const someone = await withStore();
    execFileSync('chown', ['0', join(someone.home, STORE)]);
    execFileSync('chmod', ['644', join(someone.home, STORE)]);
    const done = await someone.ct('secrets list');
    expect(done.status).toBe(125);
    expect(done.stderr).toMatch(/belongs to another account/u);
  });
});
