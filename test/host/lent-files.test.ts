import { existsSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { withLentFiles } from '../../src/host/lent-files.ts';

let runtimeDir: string;
beforeEach(() => {
  runtimeDir = mkdtempSync(join(tmpdir(), 'ct-lent-'));
});

const files = { npmrc: '//r/:_authToken=t' };

describe('withLentFiles', () => {
  test('lends files that only the user can read, and takes them back', async () => {
    const directory = await withLentFiles({ runtimeDir, name: 'a', files }, async (dir) => {
      expect(readFileSync(`${dir}/npmrc`, 'utf8')).toBe(files.npmrc);
      expect(statSync(`${dir}/npmrc`).mode & 0o777).toBe(0o600);
      expect(statSync(dir).mode & 0o777).toBe(0o700);
      return dir;
    });
    expect(existsSync(directory)).toBe(false);
  });

  test('takes them back when the work fails', async () => {
    let seen = '';
    const failing = withLentFiles({ runtimeDir, name: 'a', files }, async (dir) => {
      seen = dir;
      throw new Error('work failed');
    });
    await expect(failing).rejects.toThrow('work failed');
    expect(existsSync(seen)).toBe(false);
  });

  test('replaces what a killed process left', async () => {
    mkdirSync(`${runtimeDir}/ct/lent-a`, { recursive: true, mode: 0o700 });
    writeFileSync(`${runtimeDir}/ct/lent-a/old`, 'old secret');
    await withLentFiles({ runtimeDir, name: 'a', files }, async (dir) => {
      expect(existsSync(`${dir}/old`)).toBe(false);
    });
  });
});
