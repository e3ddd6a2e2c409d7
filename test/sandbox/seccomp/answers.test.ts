import { describe, expect, it } from 'vitest';
import { answersOf, answersOfFilter, diffAnswers } from '../../../src/sandbox/seccomp/answers.ts';
import { policyNamed } from './support.ts';

describe('diffAnswers', () => {
  it('shows what debug has more than default, and nothing else', () => {
    const rows = diffAnswers(answersOf(policyNamed('default')), answersOf(policyNamed('debug')));
    expect(rows.map(({ call }) => call)).toEqual([
      ...['kcmp', 'perf_event_open', 'personality', 'pidfd_getfd', 'process_madvise'],
      ...['process_vm_readv', 'process_vm_writev', 'ptrace'],
    ]);
    expect(rows.find(({ call }) => call === 'ptrace')).toEqual({
      call: 'ptrace',
      first: 'EPERM',
      second: 'allowed',
    });
  });

  it('compares with a filter in the form of engines, and what they say of every other call', () => {
    const filter = answersOfFilter({
      defaultAction: 'SCMP_ACT_KILL',
      architectures: [],
      syscalls: [
        { names: ['read'], action: 'SCMP_ACT_ALLOW' },
        {
          names: ['socket'],
          action: 'SCMP_ACT_ERRNO',
          errnoRet: 97,
          args: [{ index: 0, value: 40, op: 'SCMP_CMP_EQ' }],
        },
      ],
    });
    expect(filter.calls.get('socket')).toBe('EAFNOSUPPORT if argument 0 is 0x28');
    const rows = diffAnswers(answersOf(policyNamed('strict')), filter);
    expect(rows.some(({ call }) => call === 'read')).toBe(false);
    expect(rows.at(-1)).toEqual({ call: 'every other', first: 'ENOSYS', second: 'kill' });
  });

  it('is empty for one and the same', () => {
    const answers = answersOf(policyNamed('browser'));
    expect(diffAnswers(answers, answers)).toEqual([]);
  });
});
