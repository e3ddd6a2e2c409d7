import { describe, expect, it } from 'vitest';
import { applyEdit, isSameRule } from '../../src/network/edit.ts';
import type { NetworkPolicy } from '../../src/network/policy.ts';
import { policyOf, rule } from './rules.ts';

const texts = ({ allow, block }: NetworkPolicy) =>
  [allow, block].map((list) => list.map((r) => r.text));
const base = policyOf({ allow: ['a.test', 'b.test:22'], block: ['c.test'] });
const withAgent: NetworkPolicy = {
  ...base,
  allow: [...base.allow, rule('own.test', 'allow', 'agent x')],
};

describe('applyEdit', () => {
  it('adds what is not there, once', () => {
    const rules = ['A.test', 'd.test', 'd.test.', 'b.test'].map((text) => rule(text));
    expect(texts(applyEdit(base, { op: 'allow', rules }))).toEqual([
      ['a.test', 'b.test:22', 'd.test', 'b.test'],
      ['c.test'],
    ]);
  });

  it('blocks beside what is allowed: block wins', () => {
    const edited = applyEdit(base, { op: 'block', rules: [rule('a.test')] });
    expect(texts(edited)).toEqual([
      ['a.test', 'b.test:22'],
      ['c.test', 'a.test'],
    ]);
  });

  it('removes from both lists, whoever brought it', () => {
    const rules = ['a.test', 'c.test', 'own.test', 'b.test'].map((text) => rule(text));
    expect(texts(applyEdit(withAgent, { op: 'remove', rules }))).toEqual([['b.test:22'], []]);
  });

  it('clears what is the user’s', () => {
    expect(texts(applyEdit(withAgent, { op: 'clear' }))).toEqual([['own.test'], []]);
  });

  it('gives the very policy back when nothing changes', () => {
    expect(applyEdit(base, { op: 'allow', rules: [rule('a.test')] })).toBe(base);
    expect(applyEdit(base, { op: 'remove', rules: [rule('x.test')] })).toBe(base);
  });
});

describe('isSameRule', () => {
  it('compares what rules mean', () => {
    expect(isSameRule(rule('BÜCHER.test'), rule('xn--bcher-kva.test.'))).toBe(true);
    expect(isSameRule(rule('2001:db8::'), rule('2001:DB8:0::/128'))).toBe(true);
    expect(isSameRule(rule('a.test'), rule('a.test:443'))).toBe(false);
    expect(isSameRule(rule('a.test'), rule('*.a.test'))).toBe(false);
  });
});
