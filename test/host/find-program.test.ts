import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { findProgram, findPrograms } from '../../src/host/find-program.ts';

describe('a program of the host', () => {
  it('is found on the PATH, where it can be executed', () => {
    const dir = mkdtempSync(`${tmpdir()}/path-`);
    writeFileSync(`${dir}/lookalike`, '', { mode: 0o644 });
    writeFileSync(`${dir}/program`, '', { mode: 0o755 });
    expect(findProgram('program', { PATH: dir })).toBe(`${dir}/program`);
    expect(findProgram('lookalike', { PATH: dir })).toBeUndefined();
  });

  it('is found among several, and what is not installed is left out', () => {
    const found = findPrograms(['sh', 'no-such-program'], { PATH: '/usr/bin:/bin' });
    expect(Object.keys(found)).toEqual(['sh']);
    expect(found['sh']).toMatch(/^\//u);
  });

  it('is not looked for in a relative directory', () => {
    expect(findPrograms(['vitest.config.ts'], { PATH: '.:' })).toEqual({});
  });
});
