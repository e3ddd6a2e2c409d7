import { chmodSync, lstatSync, mkdtempSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sharedKey } from '../../../src/daemon/wire/key.ts';
import { daemonKey } from '../../../src/daemon/wire/place.ts';

const runtime = (): string => mkdtempSync(join(tmpdir(), 'ct-key-'));

it('is made once, for the account alone, and is the same for everybody', () => {
  const dir = runtime();
  const key = sharedKey(dir);
  expect(key).toMatch(/^[0-9a-f]{64}$/u);
  expect(sharedKey(dir)).toBe(key);
  expect(lstatSync(daemonKey(dir)).mode & 0o777).toBe(0o600);
  expect(sharedKey(runtime())).not.toBe(key);
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
  sharedKey(dir);
  spoil(daemonKey(dir));
  expect(() => sharedKey(dir)).toThrow(expect.objectContaining({ code: 'permission_denied' }));
});
