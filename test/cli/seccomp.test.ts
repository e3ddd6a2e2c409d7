import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROFILE_NAMES } from '../../src/sandbox/seccomp/use.ts';
import { ensureBundle } from '../support/bundle.ts';

const home = mkdtempSync(join(tmpdir(), 'ct-seccomp-'));
beforeAll(ensureBundle);
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Runs the real program; profiles are read from the installation around it. */
function ct(...args: readonly string[]) {
  return new Promise<{ status: number; stdout: string; stderr: string }>((done) => {
    const options = { cwd: home, env: { HOME: home, PATH: '/usr/bin:/bin' } };
    const words = [resolve('dist/main.cjs'), 'sys', 'seccomp', ...args];
    execFile(process.execPath, words, options, (error, stdout, stderr) => {
      done({ status: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

describe('ct sys seccomp', () => {
  it('lists the profiles, for people and for programs', async () => {
    const { stdout } = await ct('list');
    for (const name of PROFILE_NAMES)
      expect(stdout).toMatch(new RegExp(`^${name} +[0-9a-f]{12} `, 'mu'));
    const { profiles } = JSON.parse((await ct('list', '--json')).stdout) as {
      profiles: readonly { name: string; digest: string }[];
    };
    expect(profiles.map(({ name }) => name)).toEqual(PROFILE_NAMES);
    expect(profiles[0]?.digest).toMatch(/^[0-9a-f]{64}$/u);
  });

  it('shows what a profile says of each call, and of every other', async () => {
    const { stdout } = await ct('show', 'nested');
    expect(stdout).toMatch(/^mount +allowed$/mu);
    expect(stdout).toMatch(/^bpf +EPERM$/mu);
    expect(stdout).toMatch(/^every other +ENOSYS$/mu);
    const shown = JSON.parse((await ct('show', 'nested', '--json')).stdout) as { other: string };
    expect(shown.other).toBe('ENOSYS');
  });

  it('shows what two say differently, and exits with 1 then', async () => {
    const different = await ct('diff', 'default', 'nested');
    expect(different.status).toBe(1);
    expect(different.stdout).toMatch(/^pivot_root +EPERM +allowed$/mu);
    expect(different.stdout).not.toMatch(/^read /mu);
    const same = await ct('diff', 'strict', 'strict');
    expect(same).toMatchObject({ status: 0, stdout: 'strict and strict are the same\n' });
    const json = JSON.parse((await ct('diff', 'default', 'debug', '--json')).stdout) as object;
    expect(json).toMatchObject({ first: 'default', second: 'debug' });
  });

  it('takes files, checks them, and warns of what is weak in them', async () => {
    const path = join(home, 'p.json');
    const profile = { defaultAction: 'SCMP_ACT_ALLOW', syscalls: [] };
    writeFileSync(path, JSON.stringify(profile), { mode: 0o600 });
    const shown = await ct('show', './p.json');
    expect(shown.stdout).toContain('warning: it allows every call that it does not name');
    writeFileSync(path, JSON.stringify({ ...profile, defaultAction: 'ALLOW' }));
    expect(await ct('show', path)).toMatchObject({ status: 125 });
    expect((await ct('show', 'defualt')).stderr).toContain("did you mean 'default'?");
  });
});
