import { mkdirSync, mkdtempSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkOurs, pointTo } from '../../setup/link.mjs';

let prefix = '';
beforeEach(() => {
  prefix = mkdtempSync(join(tmpdir(), 'ct-link-'));
  mkdirSync(join(prefix, 'bin'));
});
afterEach(() => rmSync(prefix, { recursive: true }));

const command = () => join(prefix, 'bin/ct');
const library = () => join(prefix, 'lib/ct');

test('accepts a free name and a link into our own library', () => {
  checkOurs(command(), library());
  symlinkSync('../lib/ct/abc/dist/main.cjs', command());
  checkOurs(command(), library());
});

test("refuses a file, and a link that isn't ours", () => {
  writeFileSync(command(), '');
  expect(() => checkOurs(command(), library())).toThrow('is taken');
  rmSync(command());
  symlinkSync(`${library()}-other/x`, command());
  expect(() => checkOurs(command(), library())).toThrow('is taken');
});

test('swaps the link in one step', () => {
  for (const version of ['one', 'two']) pointTo(command(), join(library(), version));
  expect(readlinkSync(command())).toBe(join(library(), 'two'));
});
