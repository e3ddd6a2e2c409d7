import { chmodSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { provideMasks } from '../../src/host/masks.ts';
import { scratch } from '../support/scratch.ts';

it('makes an empty directory and an empty file that nobody can write to, once', () => {
  const dir = scratch();
  const { directory, file } = provideMasks(dir);
  expect(readdirSync(directory.path)).toEqual([]);
  expect(statSync(file.path).size).toBe(0);
  expect(statSync(directory.path).mode & 0o222).toBe(0);
  expect(statSync(file.path).mode & 0o222).toBe(0);
  expect(provideMasks(dir)).toEqual({ directory, file });
});

it('refuses a mask that has something in it', () => {
  const dir = scratch();
  const { file } = provideMasks(dir);
  chmodSync(file.path, 0o600);
  writeFileSync(file.path, 'x');
  expect(() => provideMasks(dir)).toThrow(expect.objectContaining({ code: 'failed_precondition' }));
});
