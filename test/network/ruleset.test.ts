import { describe, expect, it } from 'vitest';
import type { AddressRule, NetworkPolicy } from '../../src/network/policy.ts';
import { renderPermissive } from '../../src/network/ruleset-permissive.ts';
import { renderOffline, renderStrict } from '../../src/network/ruleset.ts';

const golden = (name: string): string => `golden/${name}.nft`;
const strict = renderStrict({
  address: '10.64.0.2',
  listeners: [
    { port: 80, listener: 61_080 },
    { port: 443, listener: 61_443 },
  ],
});

function address(text: string, ports?: readonly number[]): AddressRule {
  const [base = '', prefix] = text.split('/');
  const width = base.includes(':') ? 128 : 32;
  return {
    ...{ kind: 'address', text, origin: 'user', address: base, prefix: Number(prefix ?? width) },
    ...(ports === undefined ? {} : { ports }),
  };
}

const policy: NetworkPolicy = {
  schema: 1,
  mode: 'permissive',
  allow: [address('10.20.0.0/16', [5432]), address('192.168.7.9'), address('127.0.0.1')],
  block: [address('203.0.113.0/24'), address('2001:db8:bad::/48'), address('198.51.100.7', [25])],
  ports: [80, 443],
  allowPrivate: [],
  hostServices: {},
};
const permissive = renderPermissive({
  policy,
  hostAddresses: ['192.0.2.77', '10.0.2.2', '2001:db8::77'],
  dns: { kind: 'gateway' },
});

describe('the rules of a strict session', () => {
  it('are these', async () => {
    await expect(strict).toMatchFileSnapshot(golden('strict'));
  });

  it('drop what no line accepts, in every direction', () => {
    expect(strict.match(/policy drop/gu)).toHaveLength(3);
  });

  it('let a listener be reached by way of its port only', () => {
    const lines = strict.split('\n').map((line) => line.trim());
    const accepts = lines.filter((line) => line.includes('61080') && line.endsWith('accept'));
    expect(accepts).toEqual(['tcp dport { 61080, 61443 } ct status dnat accept']);
    expect(lines.indexOf('tcp dport { 61080, 61443 } reject with tcp reset')).toBeLessThan(
      lines.findIndex((line) => line.startsWith('oifname "lo" ip daddr')),
    );
  });

  it('have no line for a listener when there is none', () => {
    const none = renderStrict({ address: '10.64.0.2', listeners: [] });
    expect(none).not.toContain('{  }');
    expect(none).not.toContain('ct count');
  });

  it.each([0, 65_536, 1.5, NaN])('refuse %s for a port', (port) => {
    const rules = { address: '10.64.0.2', listeners: [{ port, listener: 61_001 }] };
    expect(() => renderStrict(rules)).toThrow('not a port');
  });

  it.each(['::1', '10.0.0.1; flush ruleset', ''])('refuse %j for an address', (text) => {
    expect(() => renderStrict({ address: text, listeners: [] })).toThrow('not an IPv4 address');
  });
});

describe('the rules of an offline session', () => {
  it('are these', async () => {
    await expect(renderOffline()).toMatchFileSnapshot(golden('offline'));
  });
});

describe('the rules of a permissive session', () => {
  const lines = permissive.split('\n').map((line) => line.trim());
  const at = (start: string): number => lines.findIndex((line) => line.startsWith(start));

  it('are these', async () => {
    await expect(permissive).toMatchFileSnapshot(golden('permissive'));
  });

  it('cut open connections to what is blocked, and to the host', () => {
    expect(at('ip daddr 203.0.113.0/24 jump refuse')).toBeGreaterThan(0);
    expect(at('ip daddr 203.0.113.0/24 jump refuse')).toBeLessThan(at('ct state established'));
    expect(at('ip daddr { 192.0.2.77')).toBeLessThan(at('ct state established'));
  });

  it('open private addresses that a rule lists, on its ports, and never loopback', () => {
    expect(lines).toContain(
      'ip daddr 10.20.0.0/16 meta l4proto { tcp, udp } th dport { 5432 } accept',
    );
    expect(permissive).not.toMatch(/ip daddr 127\.0\.0\.1 .*accept/u);
  });

  it('refuse private ranges last of all but the final accept', () => {
    expect(at('ip daddr 10.20.0.0/16')).toBeLessThan(at('ip daddr { 0.0.0.0/8'));
    expect(lines.filter((line) => line === 'accept')).toHaveLength(1);
  });

  it('lead to a resolver of the uplink when no gateway answers', () => {
    const dns = { kind: 'resolver', address: '10.0.2.3' } as const;
    const text = renderPermissive({ policy, hostAddresses: [], dns });
    expect(text).toContain('ip daddr 10.0.2.3 udp dport 53 accept');
    expect(text).not.toContain('dnat');
  });
});
