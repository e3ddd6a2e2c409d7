import { describe, expect, it } from 'vitest';
import { blockedBy, checkRules, covers } from '../../src/network/check-rules.ts';
import { decide } from '../../src/network/decide.ts';
import { policyOf, rule } from './rules.ts';

describe('checkRules', () => {
  it('finds what is allowed and blocked, what stands twice, and what has no effect', () => {
    const allow = ['a.test', 'x.b.test', 'A.test.', '10.1.0.0/16', 'c.test'].map((text) =>
      rule(text),
    );
    const block = ['a.test', '*.b.test', '10.0.0.0/8', 'c.test:22'].map((text) => rule(text));
    expect(checkRules(allow, block)).toEqual([
      { kind: 'duplicate', text: 'A.test.', by: 'a.test' },
      { kind: 'conflict', text: 'a.test', by: 'a.test' },
      { kind: 'shadowed', text: 'x.b.test', by: '*.b.test' },
      { kind: 'conflict', text: 'A.test.', by: 'a.test' },
      { kind: 'shadowed', text: '10.1.0.0/16', by: '10.0.0.0/8' },
    ]);
  });

  it('does not call it twice when an agent and the user want the same', () => {
    expect(checkRules([rule('a.test'), rule('a.test', 'allow', 'agent x')], [])).toEqual([]);
  });
});

describe('covers', () => {
  it.each([
    ['*.a.test', '*.a.test', true],
    ['*.a.test', '*.b.a.test', true],
    ['*.a.test', 'a.test', false],
    ['a.test', '*.a.test', false],
    ['*.b.a.test', '*.a.test', false],
    ['a.test:22', 'a.test', false],
    ['a.test:22', 'a.test:22', true],
    ['a.test', 'a.test:22', true],
    ['10.0.0.0/8', '10.0.0.1', true],
    ['10.0.0.1', '10.0.0.0/8', false],
    ['::/0', '10.0.0.1', false],
    ['a.test', '10.0.0.1', false],
  ])('%s, %s: %s', (outer, inner, expected) => {
    expect(covers(rule(outer), rule(inner))).toBe(expected);
  });

  it('means that the policy denies all that the other rule allows', () => {
    const texts = ['a.test', '*.a.test', 'b.a.test', '*.b.a.test', 'a.test:22', 'b.a.test:22'];
    const names = ['a.test', 'b.a.test', 'c.b.a.test', 'c.a.test'];
    for (const allow of texts) {
      for (const block of texts) {
        if (blockedBy(rule(allow), [rule(block)]).length === 0) continue;
        const policy = policyOf({ allow: [allow], block: [block] });
        for (const name of names) {
          for (const port of [22, 443]) {
            expect(decide(policy, { name, port }).verdict).toBe('deny');
          }
        }
      }
    }
  });
});
