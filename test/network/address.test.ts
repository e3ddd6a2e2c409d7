import { isIP, SocketAddress } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isInBlock,
  parseAddress,
  parseBlock,
  renderAddress,
  renderBlock,
} from '../../src/network/address.ts';

describe('parseAddress', () => {
  it.each([
    ...['0.0.0.0', '255.255.255.255', '203.0.113.7', '::', '::1', 'fe80::1', '2001:db8::1:0:0:1'],
    ...['1:2:3:4:5:6:7:8', '1::', '::ffff:192.0.2.1', '64:ff9b::192.0.2.1'],
  ])('reads %s', (text) => {
    expect(parseAddress(text)).toBeDefined();
  });

  it.each([
    ...['', ' 1.2.3.4', '1.2.3', '1.2.3.4.5', '256.1.1.1', '01.2.3.4', '0x7f.0.0.1', '127.1', '1'],
    ...['1.2.3.4/32', '::1%eth0', '[::1]', ':::', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '12345::'],
    ...['::1.2.3', '1.2.3.4::', '1::2::3', 'g::', '1:2:3:4:5:6:7:8::', '::1.2.3.4:5', '١.2.3.4'],
  ])('refuses %j', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  it('agrees with Node about what is an address', () => {
    const text = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.stringMatching(/^[0-9a-f:.]{1,20}$/u),
      fc.stringMatching(/^[0-9.]{1,16}$/u),
    );
    fc.assert(
      fc.property(text, (given) => {
        expect(parseAddress(given)?.family ?? 0).toBe(isIP(given));
      }),
      { numRuns: 3000 },
    );
  });

  it('gives the canonical text, which is Node’s too', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (given) => {
        const address = parseAddress(given);
        if (address === undefined) throw new Error(given);
        const text = renderAddress(address);
        expect(parseAddress(text)).toEqual(address);
        // Node writes an embedded IPv4 address with dots.
        const node = new SocketAddress({
          address: given,
          family: isIP(given) === 4 ? 'ipv4' : 'ipv6',
        });
        if (!node.address.includes('.') || address.family === 4) expect(text).toBe(node.address);
      }),
    );
  });
});

describe('parseBlock', () => {
  it('reads ranges, and single addresses as the narrowest', () => {
    for (const text of ['10.0.0.0/8', '0.0.0.0/0', '::/0', '2001:db8::/32', '192.0.2.1']) {
      const block = parseBlock(text);
      if (block === undefined || block === 'host_bits') throw new Error(text);
      expect(renderBlock(block)).toBe(text);
    }
    expect(parseBlock('192.0.2.1/32')).toEqual(parseBlock('192.0.2.1'));
  });

  it('refuses bits behind the prefix, which are a slip', () => {
    expect(parseBlock('10.1.2.3/8')).toBe('host_bits');
    expect(parseBlock('2001:db8::1/32')).toBe('host_bits');
  });

  it.each(['10.0.0.0/33', '::/129', '10.0.0.0/', '10.0.0.0/08', '10.0.0.0/-1', 'a.test/8', '/8'])(
    'refuses %s',
    (text) => {
      expect(parseBlock(text)).toBeUndefined();
    },
  );

  it('holds exactly the addresses with its prefix', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), fc.integer({ min: 0, max: 32 }), (a, b, prefix) => {
        const [one, other] = [parseAddress(a), parseAddress(b)];
        if (one === undefined || other === undefined) throw new Error(a);
        const bits = (value: bigint): string =>
          value.toString(2).padStart(32, '0').slice(0, prefix);
        expect(isInBlock(other, { base: one, prefix })).toBe(bits(one.value) === bits(other.value));
      }),
    );
  });
});
