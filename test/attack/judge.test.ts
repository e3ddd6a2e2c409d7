import { describe, expect, it } from 'vitest';
import { REFUSED, type Attempt, type Target } from '../../src/attack/attempt.ts';
import { judge, reasonToLeave, report } from '../../src/attack/judge.ts';

const attempt: Attempt = {
  id: 'X-1',
  title: 'an attempt',
  group: 'kernel',
  stage: 'agent',
  run: ['syscall', 'bpf 0'],
  expect: 'refused',
  held: [...REFUSED, 'as planned'],
  permittedBy: ['debug'],
};
const target: Target = {
  preset: 'hardened',
  network: 'offline',
  seccomp: 'default',
  arch: 'x64',
  enforced: { pids: 256 },
  writable: ['/tmp'],
  projectFile: '.ct.toml',
};

describe('judging what was seen', () => {
  it.each([
    ['EPERM', 'held'],
    ['EPERM ENOSYS', 'held'],
    ['as planned', 'held'],
    ['EPERM bpf:ok', 'through'],
    ['EINVAL', 'through'],
    ['planned', 'through'],
    ['unknown: no answer within 8 s', 'unknown'],
    ['', 'unknown'],
    [undefined, 'unknown'],
  ] as const)('%j is %s', (seen, verdict) => {
    expect(judge(attempt, seen, target)).toBe(verdict);
  });

  it('takes anything for right where the profile permits it, but not silence', () => {
    const debug = { ...target, seccomp: 'debug' };
    expect(judge(attempt, 'bpf:ok', debug)).toBe('held');
    expect(judge(attempt, undefined, debug)).toBe('unknown');
  });
});

describe('leaving an attempt out', () => {
  it('is for what has no meaning there, with the reason', () => {
    expect(reasonToLeave(attempt, target)).toBeUndefined();
    expect(reasonToLeave({ ...attempt, stage: 'suite', run: ['a.test.ts'] }, target)).toBe(
      'in the suite: a.test.ts',
    );
    expect(reasonToLeave({ ...attempt, arch: 'x64' }, { ...target, arch: 'arm64' })).toContain(
      'arm64',
    );
    expect(reasonToLeave({ ...attempt, networks: ['strict'] }, target)).toContain('offline');
    expect(reasonToLeave({ ...attempt, limit: 'pids' }, target)).toBeUndefined();
    expect(reasonToLeave({ ...attempt, limit: 'core' }, target)).toContain("'core'");
  });
});

describe('the report', () => {
  const trap: Attempt = { ...attempt, id: 'X-2', held: ['planted'], trap: true };
  const silent: Attempt = { ...attempt, id: 'X-3' };

  it('counts what held, got through and could not be judged', () => {
    const seen = new Map([['X-1', 'EPERM']]);
    const { counts, attempts } = report([attempt, silent], target, seen, 7);
    expect(counts).toEqual({ held: 1, through: 0, unknown: 1 });
    expect(attempts.map(({ seen: words }) => words)).toEqual(['EPERM', 'no answer']);
  });

  it('tells of a trap only when it could not be laid', () => {
    expect(report([trap], target, new Map([['X-2', 'planted']]), 0).attempts).toEqual([]);
    expect(report([trap], target, new Map(), 0).counts.unknown).toBe(1);
  });

  it('says what a profile permits instead of what is expected elsewhere', () => {
    const seen = new Map([['X-1', 'bpf:ok']]);
    const { attempts } = report([attempt], { ...target, seccomp: 'debug' }, seen, 0);
    expect(attempts[0]?.expected).toBe('allowed: debug');
  });
});
