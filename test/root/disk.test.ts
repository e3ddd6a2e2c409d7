import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { packFiles } from '../../src/host/tar.ts';
import { Account, GROUND, ownTemporary, sweep } from './support/accounts.ts';
import { installCt } from './support/install.ts';

const ARCHIVE = `${GROUND}/large.tar`;

let ct: string;
let account: Account | undefined;
beforeAll(async () => {
  sweep();
  ct = await installCt();
  // Random bytes: nothing on the way may squeeze them.
  const noise = randomBytes(60 * 1024 * 1024).toString('latin1');
  mkdirSync(GROUND, { recursive: true });
  writeFileSync(ARCHIVE, await buffer(packFiles({ 'etc/passwd': '', 'usr/bin/large': noise })));
});
afterEach(() => {
  account?.remove();
  account = undefined;
});
afterAll(sweep);

/** An account that makes its image from the archive, with 60 MB on `path` below its home. */
function withSmallDisk(path: string): Account {
  account = Account.make('ct-root-a', ct);
  const mount = path === '' ? account.home : account.own(path);
  const owner = `uid=${account.uid},gid=${account.uid},mode=0700,size=60m`;
  execFileSync('mount', ['-t', 'tmpfs', '-o', owner, 'tmpfs', mount]);
  account.write('.config/containers/storage.conf', '[storage]\ndriver = "overlay"\n');
  account.write('.config/ct/config.toml', `[image]\nsource = "archive"\narchive = "${ARCHIVE}"\n`);
  return account;
}

describe('a disk too small for the image', () => {
  it.each([
    ["the engine's store", '.local/share/containers/storage'],
    ['the whole home', ''],
  ])('as %s is reported as full, with the remedy, and nothing is left', async (_what, path) => {
    const someone = withSmallDisk(path);
    for (const words of ['sys init', 'run shell -c true']) {
      const { status, stdout, stderr } = await someone.ct(words);
      expect(status).toBe(125);
      expect(stdout).toBe('');
      expect(stderr).toMatch(/no space left on device|the disk is full/u);
      expect(stderr).toMatch(/free .*space/u);
    }
    const doctor = await someone.ct('sys doctor');
    expect(doctor.status).toBe(1);
    expect(doctor.stdout).toMatch(/FAIL\s+Disk space/u);

    const ask = 'podman images --all --quiet; podman ps --all --quiet';
    const left = await someone.login(`export XDG_RUNTIME_DIR=/dev/shm/ct-run-$(id -u); ${ask}`);
    expect(left).toMatchObject({ status: 0, stdout: '' });
    expect(ownTemporary(someone.uid)).toEqual([]);
    expect(usedMegabytes(path === '' ? someone.home : join(someone.home, path))).toBeLessThan(8);
  });
});

function usedMegabytes(path: string): number {
  const text = execFileSync('df', ['--output=used', '-BM', path], { encoding: 'utf8' });
  return Number.parseInt(text.trim().split('\n').pop() ?? '', 10);
}
