import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { whatIsLeft, whatIsThere } from '../../../src/session/warm/left.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ct-left-'));
  for (const dir of ['proc/1', 'proc/6', 'proc/sys', 'run/secrets', 'run/ct']) {
    mkdirSync(join(root, dir), { recursive: true });
  }
});

afterEach(() => rmSync(root, { recursive: true }));

describe('what is left in a warm session', () => {
  it('is nothing beside its init and its keeper', () => {
    expect(whatIsLeft(0, root)).toBeUndefined();
  });

  it.each([
    ['a process', 'proc/17', '1 of its processes still ran'],
    ['a secret', 'run/secrets/gh', 'something lay with the secrets'],
    ['a gate', 'run/ct/gate', 'a gate was left'],
  ])('is %s', (_, path, words) => {
    mkdirSync(join(root, path));
    expect(whatIsLeft(0, root)).toBe(words);
  });

  it('cannot be told of one that has ended, which is something too', () => {
    writeFileSync(join(root, 'file'), '');
    expect(() => whatIsLeft(0, join(root, 'file'))).toThrow('ENOTDIR');
    expect(whatIsThere(2 ** 30)).toBe('it has ended');
  });
});
