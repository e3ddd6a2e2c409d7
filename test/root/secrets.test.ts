import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { formsOf } from '../../src/secrets/forms.ts';
import { mintCanary } from '../integration/support/mint-canary.ts';
import { Account, GROUND, lendImages, sweep } from './support/accounts.ts';
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

describe('the disk of a session that had a secret', () => {
  it('has it in no block afterwards, deleted files and the journal included (LEAK-12)', async () => {
    const [variable, file, decoy] = [mintCanary('A_KEY'), mintCanary('B_KEY'), mintCanary('DECOY')];
    const disk = join(GROUND, 'disk.img');
    account = Account.make('ct-root-a', ct);
    mountDisk(disk, account);
    lendImages(process.env['CT_TEST_STORE'], account);
    // What was written and removed is found: the search sees what it has to. It is large, since what is
    // written later may take freed blocks, more of them the longer it takes.
    account.write('.local/decoy', decoy.token.padEnd(4096).repeat(4096));
    execFileSync('sync');
    rmSync(join(account.home, '.local/decoy'));
    const grants = '[agents.shell]\nsecrets = ["A_KEY"]\nsecret_files = ["B_KEY"]\n';
    account.write('.config/ct/config.toml', grants + variable.toml + file.toml);
    account.write('p/run.sh', 'read -r file <"$B_KEY_FILE"; echo "${#A_KEY} ${#file}"');
    const done = await account.login(`cd ~/p && ${ct} run -vv shell run.sh`);
    expect(done.stdout, done.stderr).toBe(`${variable.token.length} ${file.token.length}\n`);
    expect(await account.ct('ps --all --json')).toMatchObject({ status: 0 });
    execFileSync('sync');
    const tokens = [variable.token, file.token, decoy.token];
    const ofDecoy = formsOf(Buffer.from(decoy.token));
    const found = formsOn(disk, tokens);
    expect(found.filter((form) => !ofDecoy.includes(form))).toEqual([]);
    expect(found).toContain(decoy.token);
  }, 400_000);
});

/** A file system of its own below `~/.local`, where the engine and ct keep everything. */
function mountDisk(disk: string, someone: Account): void {
  execFileSync('truncate', ['-s', '3G', disk]);
  execFileSync('mkfs.ext4', ['-q', '-E', `root_owner=${someone.uid}:${someone.uid}`, disk]);
  execFileSync('mount', ['-o', 'loop', disk, someone.own('.local')]);
}

/** Which forms of these values are on a disk. */
function formsOn(disk: string, tokens: readonly string[]): readonly string[] {
  const forms = tokens.flatMap((token) => formsOf(Buffer.from(token)));
  const { stdout } = spawnSync('grep', ['-a', '-o', '-F', '-f', '-', disk], {
    input: forms.join('\n'),
    encoding: 'latin1',
  });
  return [...new Set(stdout.split('\n').filter((line) => line !== ''))];
}
