import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  parseImageState,
  readImageState,
  rememberImageState,
} from '../../src/session/image-state.ts';

const archive = { stamp: '1:2:3:4', sha256: 'a'.repeat(64) };

it('remembers one thing without forgetting the other', () => {
  const stateDir = mkdtempSync(join(tmpdir(), 'ct-state-'));
  expect(readImageState(stateDir)).toEqual({});
  rememberImageState(stateDir, { archive });
  rememberImageState(stateDir, { auto: 'bootstrap' });
  expect(readImageState(stateDir)).toEqual({ archive, auto: 'bootstrap' });
  expect(statSync(`${stateDir}/image.json`).mode & 0o777).toBe(0o600);
  expect(readFileSync(`${stateDir}/image.json`, 'utf8')).toMatch(/\n$/u);
});

it('keeps only what has the right shape', () => {
  expect(parseImageState({ auto: 'rm -rf', archive: { ...archive, sha256: 'x' } })).toEqual({});
  expect(parseImageState({ auto: 'registry', archive, more: 1 })).toEqual({
    auto: 'registry',
    archive,
  });
  expect(parseImageState('text')).toEqual({});
});
