import { describe, expect, it } from 'vitest';
import { isSelinuxEnforcing } from '../../src/host/selinux.ts';
import { scratch } from '../support/scratch.ts';

describe('isSelinuxEnforcing', () => {
  it.each([
    ['1', true],
    ['1\n', true],
    ['0', false],
    ['', false],
  ])('takes %j for %s', (text, expected) => {
    expect(isSelinuxEnforcing(scratch({ enforce: text }))).toBe(expected);
  });

  it('takes a host without SELinux for not enforcing', () => {
    expect(isSelinuxEnforcing(scratch())).toBe(false);
  });
});
