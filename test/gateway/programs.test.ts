import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { findProgram } from '../../src/gateway/programs.ts';

describe('a program of the host', () => {
  it('is found on the PATH, where it can be executed', () => {
    const dir = mkdtempSync(`${tmpdir()}/path-`);
    writeFileSync(`${dir}/lookalike`, '', { mode: 0o644 });
    writeFileSync(`${dir}/program`, '', { mode: 0o755 });
    expect(findProgram('program', { PATH: dir })).toBe(`${dir}/program`);
    expect(findProgram('lookalike', { PATH: dir })).toBeUndefined();
  });
});
