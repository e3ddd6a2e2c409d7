import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRule, type RuleList } from '../../src/network/parse-rule.ts';
import { suffixFault } from '../../src/network/public-suffix.ts';

const parse = (text: string, list: RuleList = 'allow') =>
  parseRule(text, list, 'user', suffixFault);
const faultOf = (text: string, list: RuleList = 'allow'): string => {
  const parsed = parse(text, list);
  return 'fault' in parsed ? `${parsed.fault.message} | ${parsed.fault.hint}` : 'a rule';
};

describe('parseRule', () => {
  it.each([
    ['Example.COM', { kind: 'name', name: 'example.com', below: false }],
    [' example.com. ', { kind: 'name', name: 'example.com' }],
    ['*.example.com', { kind: 'name', name: 'example.com', below: true }],
    ['github.com:22', { kind: 'name', name: 'github.com', ports: [22] }],
    ['*.example.com:8443', { kind: 'name', below: true, ports: [8443] }],
    ['gitlab', { kind: 'name', name: 'gitlab' }],
    ['bücher.example', { kind: 'name', name: 'xn--bcher-kva.example' }],
    ['ＢÜCHER。example', { kind: 'name', name: 'xn--bcher-kva.example' }],
    ['XN--BCHER-KVA.example', { kind: 'name', name: 'xn--bcher-kva.example' }],
    ['203.0.113.7', { kind: 'address', address: '203.0.113.7', prefix: 32 }],
    ['203.0.113.0/24:8443', { kind: 'address', prefix: 24, ports: [8443] }],
    ['10.0.0.0/8', { kind: 'address', address: '10.0.0.0', prefix: 8 }],
    ['2001:DB8::/32', { kind: 'address', address: '2001:db8::', prefix: 32 }],
    ['2001:db8:0:0::1', { kind: 'address', address: '2001:db8::1', prefix: 128 }],
    ['[2001:db8::1]:443', { kind: 'address', address: '2001:db8::1', ports: [443] }],
    ['[fd00::/8]:22', { kind: 'address', address: 'fd00::', prefix: 8, ports: [22] }],
  ])('reads %s', (text, expected) => {
    expect(parse(text)).toMatchObject({ rule: { ...expected, origin: 'user' } });
  });

  it.each([
    ['', /not a name/u],
    ['https://example.com/x', /a URL; .* \| write 'example\.com'/u],
    ['ssh://git@example.com:22', /write 'example\.com:22'/u],
    ['git@example.com', /not a name/u],
    ['example.com/path', /not an address/u],
    ['.example.com', /\*\.example\.com/u],
    ['*', /everything/u],
    ['*example.com', /star/u],
    ['www.*.com', /star/u],
    ['*.*.example.com', /star/u],
    ['example.com:0', /not a port/u],
    ['example.com:65536', /not a port/u],
    ['example.com:https', /not a port/u],
    ['example.com:', /not a port/u],
    ['example.com:53', /port 53/u],
    ['10.1.2.3/8', /bits set behind/u],
    ['10.0.0', /not an address/u],
    ['10.0.0.0/33', /not an address/u],
    ['0x7f.1', /not a name/u],
    ['127.0.0.1', /loopback .*host_services/u],
    ['169.254.169.254', /metadata/u],
    ['169.254.0.0/16', /link-local/u],
    ['0.0.0.0/0', /every address/u],
    ['::/0', /every address/u],
    ['localhost', /host_services/u],
    ['db.host.ct', /host_services/u],
    ['ex ample.com', /not a name/u],
    ['exa\u0000mple.com', /not a name/u],
    ['ex%61mple.com', /not a name/u],
    ['-'.repeat(64), /not a name/u],
    ['xn--a.example', /not a name/u],
    ['*.com', /anybody can have a name below 'com'/u],
    ['*.co.uk', /anybody/u],
    ['*.github.io', /anybody/u],
    ['*.corp', /anybody/u],
    ['*.amazonaws.com', /parts in which anybody/u],
  ])('says what is wrong with %j', (text, expected) => {
    expect(faultOf(text)).toMatch(expected);
  });

  it('lets everything be blocked that cannot be allowed', () => {
    for (const text of ['*.com', '0.0.0.0/0', '169.254.169.254', '127.0.0.1', 'localhost']) {
      expect(parse(text, 'block')).toHaveProperty('rule');
    }
  });

  it('keeps names that look alike apart', () => {
    const names = ['аpple.com', 'apple.com', 'applе.com', 'app1e.com'].map((text) => {
      const parsed = parse(text);
      return 'rule' in parsed && parsed.rule.kind === 'name' ? parsed.rule.name : '';
    });
    expect(new Set(names).size).toBe(4);
  });

  it('never throws, and what it reads it reads again the same', () => {
    const pieces = fc.constantFrom(
      ...['a', '.', '*', ':', '/', '[', ']', '1', '10.0.0.0', '::', 'test', '%', 'ü', 'xn--', '22'],
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), (words) => {
        const parsed = parse(words.join(''));
        if ('fault' in parsed) return;
        const { rule } = parsed;
        const host =
          rule.kind === 'name'
            ? `${rule.below ? '*.' : ''}${rule.name}`
            : `[${rule.address}/${rule.prefix}]`;
        const again = parse(rule.ports === undefined ? host : `${host}:${rule.ports.join('')}`);
        expect(again).toMatchObject({ rule: { ...rule, text: expect.any(String) as string } });
      }),
      { numRuns: 5000 },
    );
  });
});
