import { describe, expect, it } from 'vitest';
import { findPrograms, runQuietly } from '../../src/doctor/programs.ts';

describe('findPrograms', () => {
  it('finds what is installed and leaves out what is not', () => {
    const found = findPrograms(['sh', 'no-such-program'], '/usr/bin:/bin');
    expect(Object.keys(found)).toEqual(['sh']);
    expect(found['sh']).toMatch(/^\//u);
  });

  it('looks at no relative directory', () => {
    expect(findPrograms(['vitest.config.ts'], '.:')).toEqual({});
  });
});

describe('runQuietly', () => {
  it('gives the output of a program that succeeds, and nothing of one that fails', async () => {
    const env = { PATH: '/usr/bin:/bin' };
    expect(await runQuietly('sh', ['-c', 'echo yes'], env)).toBe('yes\n');
    expect(await runQuietly('sh', ['-c', 'echo no; exit 1'], env)).toBeUndefined();
    expect(await runQuietly('no-such-program', [], env)).toBeUndefined();
  });
});
