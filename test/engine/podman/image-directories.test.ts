import { describe, expect, it } from 'vitest';
import { isDirectoryStat } from '../../../src/engine/podman/image-directories.ts';

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');

describe('a file as the engine describes it', () => {
  it('is a directory unless it is a link to one', () => {
    expect(isDirectoryStat(encode({ name: 'dev', mode: 2_147_484_141, isDir: true }))).toBe(true);
    expect(isDirectoryStat(encode({ name: 'bin', mode: 134_218_239, isDir: true }))).toBe(false);
    expect(isDirectoryStat(encode({ name: 'env', mode: 493, isDir: false }))).toBe(false);
  });

  it('is none when the description cannot be read', () => {
    expect(isDirectoryStat('***')).toBe(false);
    expect(isDirectoryStat(encode({ name: 'dev', isDir: true }))).toBe(false);
    expect(isDirectoryStat(encode(null))).toBe(false);
  });
});
