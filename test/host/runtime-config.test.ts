import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { readRuntimeConfig } from '../../src/host/runtime-config.ts';

const dir = mkdtempSync(join(tmpdir(), 'ct-config-'));
const path = join(dir, 'userdata', 'config.json');
mkdirSync(join(dir, 'userdata'));
writeFileSync(path, '{}');

afterAll(() => rmSync(dir, { recursive: true }));

/** The container's root owns it: root itself, as which tests may run, is denied nothing. */
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const readFileSync = (file: string): never => {
    throw Object.assign(new Error(file), {
      code: file.endsWith('config.json') ? 'EACCES' : 'ENOENT',
    });
  };
  return { ...fs, readFileSync };
});

vi.mock('../../src/host/exec.ts', async (original) => ({
  ...(await original<object>()),
  systemPath: (path: string) => path,
}));

it('names the program that is missing, and PATH', async () => {
  await expect(readRuntimeConfig(path, process.pid, { PATH: '/nonexist' })).rejects.toMatchObject({
    code: 'failed_precondition',
    message: expect.stringContaining('there is no program nsenter') as string,
    hint: expect.stringContaining("PATH is '/nonexist'") as string,
  });
});

it('says where the file should be otherwise', async () => {
  await expect(readRuntimeConfig(join(dir, 'none'), process.pid, {})).rejects.toMatchObject({
    code: 'failed_precondition',
    hint: expect.stringContaining('it should be at') as string,
  });
});
