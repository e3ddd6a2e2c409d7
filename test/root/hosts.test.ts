import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Account, ownTemporary, sweep } from './support/accounts.ts';
import { installCt } from './support/install.ts';

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

/** A new account, removed after the test. */
function make(...rest: readonly [Parameters<typeof Account.make>[2]?]): Account {
  return (account = Account.make('ct-root-a', ct, ...rest));
}

/** Nothing that an engine makes is there or runs. */
function expectNothingLeft(of: Account): void {
  // A user manager may run; an engine and what it starts may not.
  expect(of.processes().filter((line) => /podman|conmon|mmdebstrap/u.test(line))).toEqual([]);
  expect(existsSync(`${of.home}/.local/share/containers/storage/overlay`)).toBe(false);
  expect(ownTemporary(of.uid)).toEqual([]);
}

describe.each([0, 1000])('an account with %i subordinate ids', (count) => {
  const none = ['-K', `SUB_UID_COUNT=${count}`, '-K', `SUB_GID_COUNT=${count}`];

  it.each(['run gemini -- --version', 'sys init', 'run shell -c true'])(
    'is told the line to type by ct %s, which starts nothing',
    async (words) => {
      const someone = make({ useradd: none });
      const { status, stdout, stderr } = await someone.ct(words);
      expect(status).toBe(125);
      expect(stdout).toBe('');
      expect(stderr).toContain('no range of 65536 in /etc/subuid and /etc/subgid');
      expect(stderr).toMatch(/usermod --add-subuids \d+-\d+ --add-subgids \d+-\d+ ct-root-a$/mu);
      expectNothingLeft(someone);
    },
  );

  it('is told by the doctor too, and is cured by that very line', async () => {
    const someone = make({ useradd: none });
    const { status, stdout } = await someone.ct('sys doctor --json');
    expect(status).toBe(1);
    const { checks } = JSON.parse(stdout) as { checks: { id: string; fix?: string }[] };
    const fix = checks.find(({ id }) => id === 'subids')?.fix ?? '';
    const [, line = ''] = /as root:\s+(usermod .*)$/mu.exec(fix) ?? [];
    expectNothingLeft(someone);

    const before = readFileSync('/etc/subuid', 'utf8');
    execFileSync('sh', ['-c', line]);
    const added = readFileSync('/etc/subuid', 'utf8').replace(before, '').trim();
    expectFree(added, before);
    const again = await someone.ct('sys doctor --json');
    const cured = JSON.parse(again.stdout) as { checks: { id: string; status: string }[] };
    expect(cured.checks.find(({ id }) => id === 'subids')?.status).toBe('ok');
    expect(cured.checks.find(({ id }) => id === 'engine')?.status).toBe('ok');
  });
});

describe('an account whose storage.conf says vfs', () => {
  it('fails the doctor, and is cured by the lines that it names', async () => {
    const someone = make({ storageConf: '[storage]\ndriver = "vfs"\n' });
    const { status, stdout } = await someone.ct('sys doctor --json');
    expect(status).toBe(1);
    const driver = storageDriver(stdout);
    expect(driver).toMatchObject({
      status: 'fail',
      found: expect.stringContaining('vfs') as string,
    });

    const lines = (driver?.fix ?? '').split('\n').map((line) => line.replace(/\s+#.*$/u, ''));
    for (const line of lines) {
      // On a systemd host this account has no manager yet: then there is no unit to stop.
      if (line.startsWith('systemctl')) continue;
      const done = await someone.login(line.replace('podman system reset', '$& --force'));
      expect(done, line).toMatchObject({ status: 0 });
    }
    expect(storageDriver((await someone.ct('sys doctor --json')).stdout)).toMatchObject({
      status: 'ok',
      found: 'overlay',
    });
  });

  function storageDriver(
    json: string,
  ): { status: string; found: string; fix?: string } | undefined {
    const { checks } = JSON.parse(json) as {
      checks: { id: string; status: string; found: string; fix?: string }[];
    };
    return checks.find(({ id }) => id === 'storage-driver');
  }
});

describe('a home that is read-only', () => {
  it.each(['run gemini -- --version', 'run shell -c true', 'sys init'])(
    'is named by ct %s, which starts nothing',
    async (words) => {
      const someone = make();
      execFileSync('mount', ['--bind', someone.home, someone.home]);
      execFileSync('mount', ['-o', 'remount,bind,ro', someone.home]);
      const { status, stdout, stderr } = await someone.ct(words);
      expect(status).toBe(125);
      expect(stdout).toBe('');
      expect(stderr).toContain(someone.home);
      expect(stderr).toContain('the file system is read-only');
      expect(stderr).toMatch(/remount it writable|XDG_STATE_HOME/u);
      expectNothingLeft(someone);
    },
  );

  it('fails the doctor', async () => {
    const someone = make();
    execFileSync('mount', ['--bind', someone.home, someone.home]);
    execFileSync('mount', ['-o', 'remount,bind,ro', someone.home]);
    const { status, stdout } = await someone.ct('sys doctor');
    expect(status).toBe(1);
    expect(stdout).toContain('the file system is read-only');
  });
});

describe('a runtime directory that somebody else has made', () => {
  it.for([
    ['his own directory', (path: string): void => void mkdirSync(path, { mode: 0o777 })],
    ['a link', (path: string): void => symlinkSync('/tmp', path)],
    ['a link to nowhere', (path: string): void => symlinkSync('/nowhere', path)],
  ] as const)('as %s is refused with its name', async ([_what, lay], context) => {
    if (existsSync('/run/systemd/system')) {
      context.skip('a log-in manager makes the runtime directory here, and none is trapped');
    }
    const someone = make();
    const path = `/dev/shm/ct-run-${someone.uid}`;
    lay(path);
    try {
      chownQuietly(path, 65_534);
      for (const words of ['run gemini -- --version', 'ps', 'sys init']) {
        const { status, stdout, stderr } = await someone.ct(words);
        expect(status).toBe(125);
        expect(stdout).toBe('');
        expect(stderr).toContain(path);
        expect(stderr).toContain('no runtime directory');
      }
      expectNothingLeft(someone);
    } finally {
      rmSync(path, { recursive: true, force: true });
    }
  });
});

function chownQuietly(path: string, uid: number): void {
  try {
    chownSync(path, uid, uid);
  } catch {
    // A link to nowhere.
  }
}

/** Fails when a line of /etc/subuid touches a range of another. */
function expectFree(line: string, others: string): void {
  const range = (text: string): readonly [number, number] => {
    const [, first, count] = text.split(':').map(Number);
    return [first ?? 0, (first ?? 0) + (count ?? 0)];
  };
  const [first, end] = range(line);
  expect(end - first).toBe(65_536);
  for (const other of others.split('\n').filter((text) => text !== '')) {
    const [from, to] = range(other);
    expect(end <= from || first >= to, `${line} touches ${other}`).toBe(true);
  }
}
