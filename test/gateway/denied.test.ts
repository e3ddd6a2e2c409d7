import { describe, expect, it } from 'vitest';
import { parseDenied, whyDenied, type Attempt } from '../../src/gateway/denied.ts';
import { parseRule } from '../../src/network/parse-rule.ts';
import { emptyPolicy, type NetworkPolicy } from '../../src/network/policy.ts';

describe('what the kernel noted', () => {
  it('is read from the text of nft, with and without ports', () => {
    const text = `table inet ctnet {
  set denied {
    type ipv4_addr . inet_proto . inet_service
    elements = { 198.51.100.12 . 6 . 4444 counter packets 1 bytes 60 timeout 1h expires 59m,
                 198.18.0.1 . 17 . 443 counter packets 2 bytes 80 timeout 1h expires 59m }
  }
  set other { elements = { 192.0.2.1 . 6 . 1 } }
  chain output_ { ip daddr . tcp dport { 192.0.2.9 . 22 } accept }
  set denied_other {
    type ipv4_addr . inet_proto
    elements = { 198.51.100.12 . 1 counter packets 1 bytes 84 timeout 1h expires 1h }
  }
  set denied6 {
    elements = { 2001:db8::9 . 6 . 443 counter packets 1 bytes 80, ::ffff:192.0.2.1 . 17 . 53 counter packets 1 bytes 80 }
  }
}`;
    expect(
      parseDenied(text).map(({ address, protocol, port }) => [address, protocol, port]),
    ).toEqual([
      ['198.51.100.12', 'tcp', 4444],
      ['198.18.0.1', 'udp', 443],
      ['198.51.100.12', 'icmp', undefined],
      ['2001:db8::9', 'tcp', 443],
      ['::ffff:192.0.2.1', 'udp', 53],
    ]);
  });

  it('is nothing in an empty set', () => {
    expect(parseDenied('table inet ctnet { set denied { size 4096 } }')).toEqual([]);
  });
});

describe('why the rules refused it', () => {
  const own = ['192.0.2.77', '2001:db8::77'];
  const blocking = (...texts: readonly string[]): NetworkPolicy => ({
    ...emptyPolicy('permissive', [443]),
    block: texts.flatMap((text) => {
      const parsed = parseRule(text, 'block', 'user');
      return 'rule' in parsed ? [parsed.rule] : [];
    }),
  });

  it.each<[Attempt, string, string | undefined]>([
    [{ address: '198.51.100.21', protocol: 'udp', port: 9 }, 'blocked', undefined],
    [{ address: '198.51.100.21', protocol: 'icmp' }, 'blocked', undefined],
    [{ address: '2001:db8:bad::1', protocol: 'tcp', port: 443 }, 'blocked', undefined],
    [{ address: '192.0.2.77', protocol: 'udp', port: 53 }, 'host_address', 'this host'],
    [{ address: '2001:db8::77', protocol: 'tcp', port: 22 }, 'host_address', 'this host'],
    [{ address: '10.0.0.9', protocol: 'icmp' }, 'special_address', 'private'],
    [{ address: '169.254.169.254', protocol: 'tcp', port: 80 }, 'special_address', 'metadata'],
    [
      { address: '2001:db8::53', protocol: 'udp', port: 53 },
      'not_allowed',
      'names are asked over IPv4',
    ],
  ])('is said of a permissive session: %j is %s', (attempt, reason, detail) => {
    const policy = blocking('198.51.100.21', '2001:db8:bad::/48', '198.51.100.22:25');
    expect(whyDenied(policy, attempt, own)).toMatchObject({ reason, ...(detail && { detail }) });
  });

  it('is, in a strict one, that nothing else leaves', () => {
    const policy = emptyPolicy('strict', [443]);
    const why = (protocol: 'tcp' | 'udp') =>
      whyDenied(policy, { address: '198.51.100.1', protocol, port: 9 }, own).detail;
    expect([why('tcp'), why('udp')]).toEqual([
      'no listed port',
      'only TCP leaves a strict session',
    ]);
  });
});
