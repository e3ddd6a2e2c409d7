import { describe, expect, it } from 'vitest';
import { PROFILE_DIGESTS } from '../../../src/sandbox/seccomp/digests.ts';
import { planSeccomp } from '../../../src/sandbox/seccomp/plan.ts';
import { renderSeccomp } from '../../../src/sandbox/seccomp/use.ts';

const facts = { nodeArch: 'arm64', dir: '/data/seccomp', made: undefined, doubts: [] };

describe('planSeccomp', () => {
  it('finds a profile by name, with its digest for this processor and its file', () => {
    const digest = PROFILE_DIGESTS.nested.aarch64;
    expect(planSeccomp('nested', facts)).toEqual({
      name: 'nested',
      digest,
      path: `/data/seccomp/${digest}.json`,
    });
  });

  it('takes what was made for the run: a file, or a filter that explains', () => {
    const made = { name: '/home/me/p.json', digest: 'd'.repeat(64), path: '/x' };
    expect(planSeccomp('/home/me/p.json', { ...facts, made })).toBe(made);
    expect(renderSeccomp(made)).toBe(`file@${'d'.repeat(12)}`);
  });

  it('is none for the one word, whatever else there is', () => {
    expect(planSeccomp('unconfined', facts)).toBeUndefined();
    expect(renderSeccomp(undefined)).toBe('unconfined');
  });

  it.each([
    ['defualt', 'default', 'x64', 'invalid_argument'],
    ['__proto__', '', 'x64', 'invalid_argument'],
    ['/not/read', '', 'x64', 'invalid_argument'],
    ['strict', '', 'riscv64', 'unsupported'],
  ])('refuses %j', (wish, hint, nodeArch, code) => {
    expect(() => planSeccomp(wish, { ...facts, nodeArch })).toThrow(
      expect.objectContaining({ code, hint: expect.stringContaining(hint) as string }),
    );
  });
});
