import { describe, expect, it } from 'vitest';
import { parseDenied } from '../../src/gateway/denied.ts';

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
}`;
    expect(
      parseDenied(text).map(({ address, protocol, port }) => [address, protocol, port]),
    ).toEqual([
      ['198.51.100.12', 'tcp', 4444],
      ['198.18.0.1', 'udp', 443],
      ['198.51.100.12', 'icmp', undefined],
    ]);
  });

  it('is nothing in an empty set', () => {
    expect(parseDenied('table inet ctnet { set denied { size 4096 } }')).toEqual([]);
  });
});
