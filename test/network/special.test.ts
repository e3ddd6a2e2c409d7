import { describe, expect, it } from 'vitest';
import { parseAddress, parseBlock, renderAddress } from '../../src/network/address.ts';
import { effectiveAddress, kindOfText, type AddressKind } from '../../src/network/special.ts';

/** Every entry of the IANA special-purpose registries, and of the multicast and unassigned space. */
const REGISTRY: readonly (readonly [block: string, kind: AddressKind])[] = [
  ['0.0.0.0/32', 'unspecified'],
  ['0.0.0.1/32', 'reserved'],
  ['10.0.0.0/8', 'private'],
  ['100.64.0.0/10', 'shared'],
  ['127.0.0.0/8', 'loopback'],
  ['169.254.0.0/16', 'link_local'],
  ['172.16.0.0/12', 'private'],
  ['192.0.0.0/24', 'reserved'],
  ['192.0.0.0/29', 'reserved'],
  ['192.0.0.8/32', 'reserved'],
  ['192.0.0.9/32', 'reserved'],
  ['192.0.0.10/32', 'reserved'],
  ['192.0.0.170/32', 'reserved'],
  ['192.0.0.171/32', 'reserved'],
  ['192.0.2.0/24', 'documentation'],
  ['192.31.196.0/24', 'public'],
  ['192.52.193.0/24', 'public'],
  ['192.88.99.0/24', 'tunnel'],
  ['192.168.0.0/16', 'private'],
  ['192.175.48.0/24', 'public'],
  ['198.18.0.0/15', 'benchmarking'],
  ['198.51.100.0/24', 'documentation'],
  ['203.0.113.0/24', 'documentation'],
  ['224.0.0.0/4', 'multicast'],
  ['240.0.0.0/5', 'reserved'],
  ['248.0.0.0/6', 'reserved'],
  ['255.255.255.255/32', 'broadcast'],
  ['::1/128', 'loopback'],
  ['::/128', 'unspecified'],
  ['::ffff:0.0.0.0/128', 'unspecified'],
  ['64:ff9b:1::/48', 'reserved'],
  ['100::/64', 'reserved'],
  ['100:0:0:1::/64', 'reserved'],
  ['2001::/32', 'tunnel'],
  ['2001:1::1/128', 'reserved'],
  ['2001:1::2/128', 'reserved'],
  ['2001:1::3/128', 'reserved'],
  ['2001:2::/48', 'benchmarking'],
  ['2001:3::/32', 'reserved'],
  ['2001:4:112::/48', 'reserved'],
  ['2001:10::/28', 'reserved'],
  ['2001:20::/28', 'reserved'],
  ['2001:30::/28', 'reserved'],
  ['2001:db8::/32', 'documentation'],
  ['2002::/16', 'tunnel'],
  ['2620:4f:8000::/48', 'public'],
  ['3fff::/20', 'documentation'],
  ['4000::/3', 'reserved'],
  ['5f00::/16', 'reserved'],
  ['fc00::/7', 'private'],
  ['fe80::/10', 'link_local'],
  ['fec0::/10', 'reserved'],
  ['ff00::/8', 'multicast'],
];

const edges = (text: string): readonly string[] => {
  const block = parseBlock(text);
  if (block === undefined || block === 'host_bits') throw new Error(text);
  const { base, prefix } = block;
  const size = 1n << BigInt((base.family === 4 ? 32 : 128) - prefix);
  return [base.value, base.value + size - 1n, base.value + size / 2n].map((value) =>
    renderAddress({ family: base.family, value }),
  );
};

describe('kindOf', () => {
  it.each(REGISTRY)('takes %s, from end to end, for %s', (block, kind) => {
    const kinds = edges(block).map(kindOfText);
    // Metadata services lie within other blocks.
    expect(new Set(kinds.filter((found) => found !== 'metadata'))).toEqual(new Set([kind]));
  });

  it.each([
    ...['1.1.1.1', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255'],
    ...['128.0.0.0', '169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0'],
    ...['192.0.1.0', '192.167.255.255', '192.169.0.0', '198.17.255.255', '198.20.0.0'],
    ...['223.255.255.255', '2001:200::', '2001:4860::1', '2003::', '2606:4700::1111'],
    ...['3ffe::1', '168.63.129.15'],
  ])('takes %s, which is beside a block, for public', (text) => {
    expect(kindOfText(text)).toBe('public');
  });

  it.each([
    ...['169.254.169.254', '169.254.170.2', '169.254.170.23', 'fd00:ec2::254', 'fd00:ec2::23'],
    ...['fd20:ce::254', '100.100.100.200', '192.0.0.192', '168.63.129.16'],
    ...['::ffff:169.254.169.254', '64:ff9b::169.254.169.254', '::ffff:a9fe:a9fe'],
  ])('knows %s for a cloud’s metadata', (text) => {
    expect(kindOfText(text)).toBe('metadata');
  });

  it.each([
    ['::ffff:127.0.0.1', 'loopback'],
    ['::ffff:7f00:1', 'loopback'],
    ['::ffff:10.0.0.1', 'private'],
    ['64:ff9b::7f00:1', 'loopback'],
    ['64:ff9b::c0a8:101', 'private'],
    ['64:ff9b::101:101', 'public'],
    ['::ffff:198.18.0.1', 'benchmarking'],
    ['::127.0.0.1', 'tunnel'],
    ['2002:7f00:1::', 'tunnel'],
    ['2002:a00:1::1', 'tunnel'],
    ['2001:0:7f00:1::80ff:fffe', 'tunnel'],
    ['not an address', 'reserved'],
  ] as const)('judges %s, which holds an IPv4 address, as %s', (text, kind) => {
    expect(kindOfText(text)).toBe(kind);
  });
});

describe('effectiveAddress', () => {
  it('is the IPv4 address that is really dialled', () => {
    const of = (text: string): string => {
      const address = parseAddress(text);
      return address === undefined ? '' : renderAddress(effectiveAddress(address));
    };
    expect(of('::ffff:192.0.2.1')).toBe('192.0.2.1');
    expect(of('64:ff9b::192.0.2.1')).toBe('192.0.2.1');
    expect(of('2001:db8::1')).toBe('2001:db8::1');
  });
});
