import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide, decideTarget, mayResolve, portsOf } from '../../src/network/decide.ts';
import type { NetworkPolicy } from '../../src/network/policy.ts';
import { policyOf } from './rules.ts';
import { processorMs } from '../support/processor-time.ts';

const word = (policy: NetworkPolicy, name: string, port = 443): string => {
  const { verdict, reason } = decide(policy, { name, port });
  return verdict === 'allow' ? 'allow' : reason;
};

describe('decide, for names', () => {
  it('allows nothing with empty lists', () => {
    expect(word(policyOf({}), 'example.test')).toBe('not_allowed');
  });

  it.each([
    ['example.test', 'allow'],
    ['EXAMPLE.TEST.', 'allow'],
    ['www.example.test', 'not_allowed'],
    ['xexample.test', 'not_allowed'],
    ['a.wild.test', 'allow'],
    ['a.b.c.wild.test', 'allow'],
    ['wild.test', 'not_allowed'],
    ['xwild.test', 'not_allowed'],
    ['wild.test.evil.test', 'not_allowed'],
    ['xn--bcher-kva.test', 'allow'],
    ['bücher.test', 'malformed'],
    // Looks alike (Cyrillic е), is another name.
    ['xn--xample-2of.test', 'not_allowed'],
    ['127.0.0.1', 'malformed'],
    ['', 'malformed'],
    ['a.wild.test\u0000.evil.test', 'malformed'],
  ])('%j is %s', (name, expected) => {
    const policy = policyOf({ allow: ['example.test', '*.wild.test', 'bücher.test'] });
    expect(word(policy, name)).toBe(expected);
  });

  it('lets block win over allow, whichever is more specific', () => {
    const policy = policyOf({
      allow: ['*.wild.test', 'api.evil.test', 'ports.test', 'ports.test:22'],
      block: ['bad.wild.test', '*.evil.test', 'ports.test:22'],
    });
    expect(word(policy, 'good.wild.test')).toBe('allow');
    expect(word(policy, 'bad.wild.test')).toBe('blocked');
    expect(word(policy, 'x.bad.wild.test')).toBe('allow');
    expect(word(policy, 'api.evil.test')).toBe('blocked');
    expect(word(policy, 'ports.test', 443)).toBe('allow');
    expect(word(policy, 'ports.test', 22)).toBe('blocked');
    expect(mayResolve(policy, 'ports.test').verdict).toBe('allow');
    expect(mayResolve(policy, 'api.evil.test')).toMatchObject({ reason: 'blocked' });
  });

  it('knows ports for each rule, and the usual ones for those without', () => {
    const policy = policyOf({ allow: ['git.test:22', 'web.test'], ports: [443] });
    expect(word(policy, 'git.test', 22)).toBe('allow');
    expect(decide(policy, { name: 'git.test', port: 443 })).toMatchObject({
      ...{ verdict: 'deny', reason: 'port', detail: 'its ports are 22' },
    });
    expect(word(policy, 'web.test', 80)).toBe('port');
    for (const port of [0, -1, 65_536, 1.5, NaN])
      expect(word(policy, 'web.test', port)).toBe('malformed');
    expect(mayResolve(policy, 'git.test').verdict).toBe('allow');
    expect(portsOf(policy)).toEqual([22, 443]);
  });

  it('says which rule decided', () => {
    const policy = policyOf({ allow: ['*.wild.test', 'a.wild.test'] });
    expect(decide(policy, { name: 'a.wild.test', port: 443 })).toMatchObject({
      rule: 'a.wild.test',
    });
    expect(decide(policy, { name: 'b.wild.test', port: 443 })).toMatchObject({
      rule: '*.wild.test',
    });
  });

  it('leads to services of the host that are listed, on their port only', () => {
    const hostServices = { db: { address: '127.0.0.1', port: 5432 } };
    const policy = policyOf({ hostServices });
    expect(decide(policy, { name: 'DB.host.ct.', port: 5432 })).toMatchObject({
      ...{ verdict: 'allow', reason: 'host_service', service: hostServices.db },
    });
    expect(word(policy, 'db.host.ct', 22)).toBe('port');
    expect(word(policy, 'other.host.ct', 5432)).toBe('not_allowed');
    expect(word(policy, 'toString.host.ct', 5432)).toBe('not_allowed');
    expect(word(policy, 'host.ct', 5432)).toBe('not_allowed');
    const permissive = policyOf({ hostServices, mode: 'permissive' });
    expect(word(permissive, 'db.host.ct', 5432)).toBe('not_allowed');
    expect(portsOf(policy)).toEqual([5432]);
  });

  it('denies everything offline, and in permissive only what is blocked', () => {
    const parts = { allow: ['example.test'], block: ['bad.test'] };
    expect(word(policyOf({ ...parts, mode: 'offline' }), 'example.test')).toBe('offline');
    const open = policyOf({ ...parts, mode: 'permissive' });
    expect(word(open, 'whatever.test', 9999)).toBe('allow');
    expect(word(open, 'bad.test', 9999)).toBe('blocked');
  });

  it('lets pass what a recorded session is to be taught, but not what is blocked', () => {
    const policy = policyOf({ block: ['bad.test'], record: 'learn' });
    expect(decide(policy, { name: 'new.test', port: 8443 })).toEqual({
      ...{ verdict: 'allow', reason: 'recorded' },
    });
    expect(word(policy, 'bad.test')).toBe('blocked');
    expect(portsOf(policy)).toContain(443);
  });
});

describe('decide, for addresses', () => {
  const policy = policyOf({
    allow: ['203.0.113.0/24', '198.51.100.7:22', '2001:db8::/32'],
    block: ['203.0.113.128/25', '2001:db8:bad::/48'],
  });

  it.each([
    ['203.0.113.1', 443, 'allow'],
    ['203.0.113.1', 22, 'port'],
    ['203.0.113.200', 443, 'blocked'],
    ['198.51.100.7', 22, 'allow'],
    ['198.51.100.8', 22, 'not_allowed'],
    ['2001:db8::1', 443, 'allow'],
    ['2001:db8:bad::1', 443, 'blocked'],
    ['::ffff:203.0.113.1', 443, 'allow'],
    ['::ffff:203.0.113.200', 443, 'blocked'],
    ['0xcb007101', 443, 'malformed'],
    ['203.0.113.01', 443, 'malformed'],
  ])('%s:%s is %s', (address, port, expected) => {
    const { verdict, reason } = decide(policy, { address, port });
    expect(verdict === 'allow' ? 'allow' : reason).toBe(expected);
  });
});

describe('decideTarget', () => {
  const own = ['192.0.2.1', 'fe80::1', '2001:db8:1::1', '::ffff:192.0.2.9'];
  const policy = policyOf({
    allow: ['*.example.test', '10.9.0.5', '100.64.0.0/10:5432', '203.0.113.9'],
    block: ['203.0.113.66'],
    private: ['*.corp.example.test'],
  });
  const target = (name: string | undefined, address: string, port = 443): string => {
    const given = { ...(name === undefined ? {} : { name }), address, port };
    const { verdict, reason } = decideTarget(policy, given, own);
    return verdict === 'allow' ? 'allow' : reason;
  };

  it.each([
    ['a.example.test', '203.0.113.1', 'allow'],
    ['a.example.test', '203.0.113.66', 'blocked'],
    ['a.example.test', '::ffff:203.0.113.66', 'blocked'],
    ['evil.test', '203.0.113.1', 'not_allowed'],
    ['a.example.test', '127.0.0.1', 'special_address'],
    ['a.example.test', '::1', 'special_address'],
    ['a.example.test', '0.0.0.0', 'special_address'],
    ['a.example.test', '169.254.169.254', 'special_address'],
    ['a.example.test', '198.18.0.1', 'special_address'],
    ['a.example.test', '224.0.0.251', 'special_address'],
    ['a.example.test', '2002:7f00:1::1', 'special_address'],
    ['a.example.test', '64:ff9b::7f00:1', 'special_address'],
    ['a.example.test', '192.168.1.1', 'special_address'],
    ['a.example.test', 'fd00::1', 'special_address'],
    ['a.corp.example.test', '192.168.1.1', 'allow'],
    ['a.corp.example.test', 'fd00::1', 'allow'],
    ['a.corp.example.test', '127.0.0.1', 'special_address'],
    ['a.corp.example.test', 'fd00:ec2::254', 'special_address'],
    ['corp.example.test', '192.168.1.1', 'special_address'],
    ['a.example.test', '10.9.0.5', 'allow'],
    ['a.example.test', '192.0.2.1', 'host_address'],
    ['a.example.test', '::ffff:192.0.2.1', 'host_address'],
    ['a.example.test', '192.0.2.9', 'host_address'],
    ['a.example.test', '2001:db8:1:0::1', 'host_address'],
    ['a.example.test', 'nonsense', 'malformed'],
    [undefined, '203.0.113.9', 'allow'],
    [undefined, '203.0.113.10', 'not_allowed'],
    [undefined, '10.9.0.5', 'allow'],
  ])('%s at %s is %s', (name, address, expected) => {
    expect(target(name, address)).toBe(expected);
  });

  it('opens private addresses on the ports of their rule', () => {
    expect(target('a.example.test', '100.64.1.1', 5432)).toBe('port');
    const wide = policyOf({ allow: ['a.test:5432', '100.64.0.0/10:5432'] });
    const at = (port: number) =>
      decideTarget(wide, { name: 'a.test', address: '100.64.1.1', port }, []);
    expect(at(5432).verdict).toBe('allow');
  });

  it('keeps a permissive or recorded session from the house and the host as well', () => {
    for (const open of [policyOf({ mode: 'permissive' }), policyOf({ record: 'learn' })]) {
      const at = (address: string) =>
        decideTarget(open, { name: 'x.test', address, port: 443 }, own).verdict;
      expect(at('203.0.113.1')).toBe('allow');
      for (const bad of ['10.0.0.1', '127.0.0.1', '169.254.169.254', '192.0.2.1']) {
        expect(at(bad)).toBe('deny');
      }
    }
  });

  it('never dials this machine, whatever the lists say', () => {
    const lists = fc.array(fc.constantFrom('*.t.test', 'a.t.test', '10.0.0.0/8', '203.0.113.0/24'));
    const bad = fc.constantFrom(
      '127.0.0.1',
      '127.255.0.9',
      '::1',
      '0.0.0.0',
      '169.254.1.1',
      '192.0.2.1',
    );
    fc.assert(
      fc.property(lists, lists, bad, (allow, names, address) => {
        const some = policyOf({ allow, private: names.filter((text) => text.includes('t.test')) });
        expect(decideTarget(some, { name: 'a.t.test', address, port: 443 }, own).verdict).toBe(
          'deny',
        );
      }),
    );
  });
});

describe('the policy as a whole', () => {
  const names = fc.constantFrom('a.test', 'b.test', 'x.a.test', 'y.x.a.test', 'a.b.test');
  const rules = fc.uniqueArray(
    fc.constantFrom(
      'a.test',
      '*.a.test',
      'b.test',
      '*.b.test',
      'x.a.test',
      'a.test:22',
      '*.x.a.test',
    ),
  );

  it('never allows more when a rule is taken from allow or added to block', () => {
    fc.assert(
      fc.property(rules, rules, names, fc.constantFrom(22, 80, 443), (allow, block, name, port) => {
        const more = decide(policyOf({ allow, block: block.slice(1) }), { name, port });
        const less = decide(policyOf({ allow: allow.slice(1), block }), { name, port });
        if (less.verdict === 'allow') expect(more.verdict).toBe('allow');
      }),
      { numRuns: 500 },
    );
  });

  it('answers the names of which some port may be reached', () => {
    fc.assert(
      fc.property(rules, rules, names, (allow, block, name) => {
        const policy = policyOf({ allow, block });
        const reached = portsOf(policy).some(
          (port) => decide(policy, { name, port }).verdict === 'allow',
        );
        if (reached) expect(mayResolve(policy, name).verdict).toBe('allow');
      }),
      { numRuns: 500 },
    );
  });

  it('decides as fast with ten thousand rules as with ten', () => {
    const block = Array.from({ length: 10_000 }, (_, index) => `*.n${index}.example.test`);
    const policy = policyOf({ allow: ['*.wild.test'], block });
    decide(policy, { name: 'warm.test', port: 443 });
    const spentMs = processorMs(() => {
      for (let index = 0; index < 1000; index++)
        decide(policy, { name: `a${index}.b.wild.test`, port: 443 });
    });
    expect(spentMs).toBeLessThan(250);
  });
});
