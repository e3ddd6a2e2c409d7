import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { guardStubs } from '../../src/host/stub-guard.ts';
import { put, scratch } from '../support/scratch.ts';

it('removes the stubs when the process has ended, and not before', async () => {
  const dir = scratch({ journal: 'x', '.husky/.ct-1/': '', '.idea/': '' });
  put(dir, { '.idea/mine': '' });
  const sleeper = spawn('sleep', ['100'], { stdio: 'ignore' });
  guardStubs(sleeper.pid ?? 0, {
    journal: `${dir}/journal`,
    removal: [`${dir}/.husky/.ct-1`, `${dir}/.husky`, `${dir}/.idea`],
  });
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(existsSync(`${dir}/.husky/.ct-1`)).toBe(true);
  sleeper.kill('SIGKILL');
  await expect.poll(() => existsSync(`${dir}/journal`), { timeout: 60_000 }).toBe(false);
  expect(existsSync(`${dir}/.husky`)).toBe(false);
  expect(existsSync(`${dir}/.idea/mine`)).toBe(true);
});
