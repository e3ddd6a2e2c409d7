import { describe, expect, it } from 'vitest';
import { checkedPolicy } from '../../../src/sandbox/seccomp/catalogue.ts';
import { lintProfile } from '../../../src/sandbox/seccomp/lint.ts';
import { shapeFaults, type Profile } from '../../../src/sandbox/seccomp/profile.ts';
import { profileNamed, table } from './support.ts';

const good = {
  schema: 'ct-seccomp/1',
  name: 'mine',
  summary: 'A test.',
  audience: 'Nobody.',
  default: { errno: 'ENOSYS', reason: 'as ever' },
  rules: [{ reason: 'because it must', action: 'allow', calls: 'read write' }],
};

function faultsOf(change: object): string {
  const document = { ...good, ...change };
  const shape = shapeFaults(document);
  const all =
    shape.length > 0 ? shape : lintProfile(document as unknown as Profile, profileNamed, table);
  return all.map(({ where, what }) => `${where} ${what}`).join('\n');
}

const rule = (change: object) => ({ rules: [{ ...good.rules[0], ...change }] });

describe('a profile of our format', () => {
  it('may be this one', () => {
    expect(faultsOf({})).toBe('');
  });

  it.each([
    ['an unknown key', { extra: 1 }, 'unknown key'],
    ['no name', { name: '' }, 'name is missing'],
    ['a rule without a reason', rule({ reason: ' ' }), 'has no reason'],
    ['an unknown action', rule({ action: 'permit' }), "unknown action 'permit'"],
    ['an unknown call', rule({ calls: 'read raed' }), "unknown system call 'raed'"],
    ['a call twice', rule({ calls: 'read read' }), 'twice'],
    ['a denial without an error', rule({ action: 'deny' }), 'needs an errno'],
    ['a permission with one', rule({ errno: 'EPERM' }), 'needs an errno'],
    ["the default's error (F5)", rule({ action: 'deny', errno: 'ENOSYS' }), 'write absent'],
    ['an unknown error', rule({ action: 'deny', errno: 'EFOO' }), "'EFOO' is not an error"],
    ['an unknown constant', rule({ when: [{ arg: 0, in: ['AF_FOO'] }] }), "'AF_FOO'"],
    ['a condition on argument 6', rule({ when: [{ arg: 6, in: [1] }] }), '0 to 5'],
    ['a condition without values', rule({ when: [{ arg: 0 }] }), "'in' or 'notIn'"],
    [
      'two conditions on one argument (F4)',
      rule({
        when: [
          { arg: 0, in: [1] },
          { arg: 0, in: [2] },
        ],
      }),
      'two conditions on one argument',
    ],
    ['control characters', rule({ calls: 'read\u001b[2J' }), '\\e[2J'],
    ['a replacement of nothing', rule({ replaces: true }), 'nothing was said'],
    ['a second word on a call of its base', { extends: 'strict' }, '"replaces": true'],
  ])('is refused with %s', (_what, change, message) => {
    expect(faultsOf(change)).toContain(message);
  });

  it('is refused when one rule swallows another (F3), or two contradict each other', () => {
    const allow = { reason: 'because', action: 'allow', calls: 'ioctl' };
    const deny = { ...allow, action: 'deny', errno: 'EPERM', when: [{ arg: 1, in: [5] }] };
    expect(faultsOf({ rules: [allow, deny] })).toContain('swallow');
    const some = { ...allow, when: [{ arg: 1, mask: 1, in: [1] }] };
    expect(faultsOf({ rules: [some, deny] })).toContain('contradict');
    expect(faultsOf({ rules: [{ ...some, when: [{ arg: 1, in: [4] }] }, deny] })).toBe('');
  });

  it('says in its error which file and which rule', () => {
    const document = { ...good, ...rule({ calls: 'raed' }) };
    expect(() => checkedPolicy(document, '/home/me/p.json', profileNamed, table)).toThrow(
      expect.objectContaining({
        code: 'invalid_config',
        message: "seccomp profile /home/me/p.json: rule 1 names the unknown system call 'raed'",
      }),
    );
  });
});
