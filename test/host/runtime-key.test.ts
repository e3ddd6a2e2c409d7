import { chmodSync, lstatSync, mkdtempSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runtimeKey, runtimeKeyPath } from '../../src/host/runtime-key.ts';

const runtime = (): string => mkdtempSync(join(tmpdir(), 'ct-key-'));

it('is made once, for the account alone, and is the same for everybody', () => {
  const dir = runtime();
  const key = runtimeKey(dir);
  expect(key).toMatch(/^[0-9a-f]{64}$/u);
  expect(runtimeKey(dir)).toBe(key);
  expect(lstatSync(runtimeKeyPath(dir)).mode & 0o777).toBe(0o600);
  expect(runtimeKey(runtime())).not.toBe(key);
});

it.each([
  ['a file that others can read', (path: string) => chmodSync(path, 0o640)],
  ['half a file', (path: string) => writeFileSync(path, 'abc')],
  [
    'a link',
    (path: string) => {
      renameSync(path, `${path}.real`);
      symlinkSync(`${path}.real`, path);
    },
  ],
])('is not taken from %s', (_what, spoil) => {
  const dir = runtime();
  runtimeKey(dir);
  spoil(runtimeKeyPath(dir));
  expect(() => runtimeKey(dir)).toThrow(expect.objectContaining({ code: 'permission_denied' }));
});
