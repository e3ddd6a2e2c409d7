import { describe, expect, it } from 'vitest';
import { isSameFilter } from '../../../src/sandbox/verify/filter.ts';

const planned = {
  defaultAction: 'SCMP_ACT_ERRNO',
  defaultErrnoRet: 38,
  architectures: ['SCMP_ARCH_X86_64'],
  syscalls: [
    { names: ['read', 'write'], action: 'SCMP_ACT_ALLOW' },
    { names: ['mount'], action: 'SCMP_ACT_ERRNO', errnoRet: 1 },
    {
      names: ['socket'],
      action: 'SCMP_ACT_ALLOW',
      args: [
        { index: 0, value: 2, op: 'SCMP_CMP_EQ' },
        { index: 1, value: 15, valueTwo: 1, op: 'SCMP_CMP_MASKED_EQ' },
      ],
    },
  ],
};
const [simple, denied, filtered] = planned.syscalls;

describe('a filter is the same', () => {
  it('as itself, also when an engine wrote it in other words', () => {
    expect(isSameFilter(planned, structuredClone(planned))).toBe(true);
    const rewritten = {
      ...planned,
      flags: [],
      listenerPath: '',
      syscalls: [
        { names: ['socket'], action: 'SCMP_ACT_ALLOW', args: filtered?.args?.toReversed() },
        { names: ['mount'], action: 'SCMP_ACT_ERRNO', args: [] },
        { names: ['write'], action: 'SCMP_ACT_ALLOW', errnoRet: 0 },
        { names: ['read'], action: 'SCMP_ACT_ALLOW' },
      ],
    };
    expect(isSameFilter(planned, rewritten)).toBe(true);
  });
});

const OTHERS: readonly (readonly [string, unknown])[] = [
  ['none', undefined],
  ['nothing at all', null],
  ['an empty one', {}],
  ['another default', { ...planned, defaultAction: 'SCMP_ACT_ALLOW' }],
  ['another default error', { ...planned, defaultErrnoRet: 1 }],
  ['one more processor', { ...planned, architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X32'] }],
  ['a flag', { ...planned, flags: ['SECCOMP_FILTER_FLAG_SPEC_ALLOW'] }],
  ['a listener', { ...planned, listenerPath: '/run/l' }],
  ['a rule less', { ...planned, syscalls: [simple, filtered] }],
  [
    'a call more',
    { ...planned, syscalls: [{ ...simple, names: ['read', 'write', 'bpf'] }, denied, filtered] },
  ],
  ['another error', { ...planned, syscalls: [simple, { ...denied, errnoRet: 38 }, filtered] }],
  [
    'an allowed call',
    { ...planned, syscalls: [simple, { ...denied, action: 'SCMP_ACT_ALLOW' }, filtered] },
  ],
  ['no condition', { ...planned, syscalls: [simple, denied, { ...filtered, args: [] }] }],
  [
    'another condition',
    {
      ...planned,
      syscalls: [
        simple,
        denied,
        { ...filtered, args: [{ index: 0, value: 2, op: 'SCMP_CMP_NE' }, filtered?.args?.[1]] },
      ],
    },
  ],
];

describe('a filter is another', () => {
  it.each(OTHERS)('with %s', (_what, given) => {
    expect(isSameFilter(planned, given)).toBe(false);
  });
});
