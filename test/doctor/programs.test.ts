import { describe, expect, it } from 'vitest';
import { runQuietly } from '../../src/doctor/programs.ts';

describe('runQuietly', () => {
  it('gives the output of a program that succeeds, and nothing of one that fails', async () => {
    const env = { PATH: '/usr/bin:/bin' };
    expect(await runQuietly('sh', ['-c', 'echo yes'], env)).toBe('yes\n');
    expect(await runQuietly('sh', ['-c', 'echo no; exit 1'], env)).toBeUndefined();
    expect(await runQuietly('no-such-program', [], env)).toBeUndefined();
  });
});
