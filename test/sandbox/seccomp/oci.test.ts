import { describe, expect, it } from 'vitest';
import { checkedOci } from '../../../src/sandbox/seccomp/oci.ts';
import { table } from './support.ts';

const allow = { names: ['read', 'socketcall'], action: 'SCMP_ACT_ALLOW' };
const good = { defaultAction: 'SCMP_ACT_ERRNO', syscalls: [allow] };

const check = (document: unknown) => checkedOci(document, '/p.json', 'x86_64', table);
const withRule = (change: object) => ({ ...good, syscalls: [{ ...allow, ...change }] });
const arg = { index: 0, value: 1, op: 'SCMP_CMP_EQ' };

describe('a profile in the form of engines', () => {
  it('becomes what holds for a session on this processor', () => {
    const { filter, doubts } = check({
      ...good,
      comment: 'mine',
      syscalls: [
        allow,
        { ...allow, names: ['mount'], includes: { caps: ['CAP_SYS_ADMIN'] } },
        { ...allow, names: ['write'], excludes: { caps: ['CAP_SYS_ADMIN'] } },
        { ...allow, names: ['close'], includes: { arches: ['arm64'] } },
        { names: ['bpf'], action: 'SCMP_ACT_ERRNO', errno: 'EINVAL', args: [] },
      ],
    });
    expect(filter).toEqual({
      defaultAction: 'SCMP_ACT_ERRNO',
      defaultErrnoRet: 1,
      architectures: ['SCMP_ARCH_X86_64'],
      syscalls: [
        { names: ['read'], action: 'SCMP_ACT_ALLOW' },
        { names: ['write'], action: 'SCMP_ACT_ALLOW' },
        { names: ['bpf'], action: 'SCMP_ACT_ERRNO', errnoRet: 22 },
      ],
    });
    expect(doubts).toEqual([]);
  });

  it.each([
    ['is no object', [], 'is not an object'],
    ['has no default', { syscalls: [] }, "unknown action 'undefined'"],
    ['has an unknown key', { ...good, defaultAktion: '' }, "unknown key 'defaultAktion'"],
    ['has an unknown action', withRule({ action: 'SCMP_ACT_PERMIT' }), 'SCMP_ACT_PERMIT'],
    ['wants a listener', withRule({ action: 'SCMP_ACT_NOTIFY' }), 'SCMP_ACT_NOTIFY'],
    ['names an unknown call', withRule({ names: ['raed'] }), "unknown system call 'raed'"],
    ['names none', withRule({ names: [] }), 'names no calls'],
    ['has an unknown comparison', withRule({ args: [{ ...arg, op: 'EQ' }] }), 'comparison'],
    ['has an argument 6', withRule({ args: [{ ...arg, index: 6 }] }), '0 to 5'],
    ['has a number too large', withRule({ args: [{ ...arg, value: 2 ** 60 }] }), '2^53'],
    ['has an unknown error', withRule({ errno: 'EFOO' }), "unknown error 'EFOO'"],
    ['has a mistyped condition', withRule({ includes: { capz: [] } }), "unknown key 'capz'"],
  ])('is refused when it %s', (_what, document, message) => {
    expect(() => check(document)).toThrow(
      expect.objectContaining({
        code: 'invalid_config',
        message: expect.stringContaining(message) as string,
      }),
    );
  });

  it.each([
    ['a default that allows', { ...good, defaultAction: 'SCMP_ACT_ALLOW' }, 'every call'],
    ['an inequality (F1)', withRule({ args: [{ ...arg, op: 'SCMP_CMP_NE' }] }), 'upper half'],
    [
      'a permission that swallows a denial (F3)',
      { ...good, syscalls: [allow, { ...allow, action: 'SCMP_ACT_KILL', args: [arg] }] },
      'swallows',
    ],
    ["a denial that is the default's (F5)", withRule({ action: 'SCMP_ACT_ERRNO' }), 'dropped'],
    ['other modes (F7)', { ...good, architectures: ['SCMP_ARCH_X86'] }, 'SCMP_ARCH_X86'],
    [
      'a contradiction, in which the refusal holds',
      { ...good, syscalls: [allow, { ...allow, action: 'SCMP_ACT_ERRNO', errnoRet: 22 }] },
      'allows and refuses read',
    ],
  ])('gets a warning for %s', (_what, document, message) => {
    expect(check(document).doubts.join('\n')).toContain(message);
  });

  it('answers with the refusal where it contradicts itself, whatever the order', () => {
    const deny = { names: ['read'], action: 'SCMP_ACT_ERRNO', errnoRet: 22 };
    for (const syscalls of [
      [allow, deny],
      [deny, allow],
    ]) {
      expect(check({ ...good, syscalls }).filter.syscalls).toEqual([deny]);
    }
  });
});
