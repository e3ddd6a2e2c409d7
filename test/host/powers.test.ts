import { describe, expect, it } from 'vitest';
import { measurePowers, openFilesLimit } from '../../src/host/powers.ts';

describe('measurePowers', () => {
  it('says what this host has', () => {
    const powers = measurePowers(process.env);
    expect(powers.memoryBytes).toBeGreaterThan(2 ** 28);
    expect(powers.processors).toBeGreaterThan(0);
    expect(powers.seccomp).toBe(true);
  });

  it('counts on no control groups without a bus to ask for them', () => {
    expect(measurePowers({ XDG_RUNTIME_DIR: '/nowhere' }).controllers).toEqual([]);
  });

  it('takes an unlimited number of open files for the kernel’s own bound', () => {
    expect(openFilesLimit('Max open files            1024                 4096     files')).toBe(
      4096,
    );
    expect(openFilesLimit('Max open files            1024            unlimited     files')).toBe(
      1_048_576,
    );
  });
});
