import { mkdtempSync, readFileSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { knownVersion } from '../../../src/engine/podman/known-version.ts';

let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'ct-known-'))));
afterEach(() => rmSync(dir, { recursive: true }));

it('knows nothing at first, then what it learnt', () => {
  expect(knownVersion(dir).version).toBeUndefined();
  knownVersion(dir).learn('4.3.1');
  expect(knownVersion(dir).version).toBe('4.3.1');
  knownVersion(dir).learn('5.4.2');
  expect(knownVersion(dir).version).toBe('5.4.2');
});

it.each(['', 'podman', '4', `4.${'3'.repeat(99)}`, '4.3.1\nx'])('forgets garbage: %j', (text) => {
  mkdirSync(join(dir, 'ct'));
  writeFileSync(join(dir, 'ct/podman-version'), text);
  expect(knownVersion(dir).version).toBeUndefined();
  knownVersion(dir).learn('../../etc');
  expect(readFileSync(join(dir, 'ct/podman-version'), 'utf8')).toBe(text);
});
