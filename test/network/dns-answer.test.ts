import { Resolver } from 'node:dns/promises';
import { createSocket } from 'node:dgram';
import { describe, expect, it } from 'vitest';
import { NO_SUCH_NAME, renderDnsAnswer } from '../../src/network/dns-answer.ts';
import { parseDnsQuery, RCODE, TYPE, type DnsQuery } from '../../src/network/dns-message.ts';

const query: DnsQuery = {
  ...{ id: 7, opcode: 0, recursionDesired: true, name: 'a.test', type: TYPE.A, edns: undefined },
  question: Uint8Array.from([1, 65, 4, 0x54, 0x45, 0x73, 0x74, 0, 0, 1, 0, 1]),
};
const many = Array.from({ length: 100 }, (_, index) => `203.0.113.${index}`);
const flags = (bytes: Uint8Array): number => new DataView(bytes.buffer).getUint16(2);
const counts = (bytes: Uint8Array): readonly number[] =>
  [4, 6, 8, 10].map((at) => new DataView(bytes.buffer).getUint16(at));

describe('renderDnsAnswer', () => {
  it('gives the question back letter for letter', () => {
    const answer = renderDnsAnswer(
      query,
      { rcode: RCODE.ok, addresses: ['198.18.0.1'], ttl: 30 },
      'udp',
    );
    expect(answer.slice(12, 12 + query.question.length)).toEqual(query.question);
    expect([...answer.slice(-16)]).toEqual([
      ...[0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 30, 0, 4, 198, 18, 0, 1],
    ]);
    expect(flags(answer)).toBe(0x8180);
  });

  it('has no address for other questions: NODATA, not an error', () => {
    for (const type of [TYPE.AAAA, TYPE.HTTPS, TYPE.SVCB, 16, 255]) {
      const answer = renderDnsAnswer(
        { ...query, type },
        { rcode: 0, addresses: ['198.18.0.1'] },
        'udp',
      );
      expect([counts(answer), flags(answer) & 15]).toEqual([[1, 0, 0, 0], 0]);
    }
  });

  it('says when it does not fit, and sends it whole over TCP', () => {
    const answer = { rcode: RCODE.ok, addresses: many };
    const plain = renderDnsAnswer(query, answer, 'udp');
    expect([flags(plain) & 0x0200, counts(plain)]).toEqual([0x0200, [1, 0, 0, 0]]);
    const edns = { size: 65_535, version: 0 };
    expect(renderDnsAnswer({ ...query, edns }, answer, 'udp').length).toBeLessThanOrEqual(1232);
    expect(counts(renderDnsAnswer(query, answer, 'tcp'))).toEqual([1, 100, 0, 0]);
  });

  it('speaks EDNS to those who do, with the upper half of a code in it', () => {
    const edns = { size: 0, version: 1 };
    const answer = renderDnsAnswer({ ...query, edns }, { rcode: RCODE.badVers }, 'udp');
    expect(counts(answer)).toEqual([1, 0, 0, 1]);
    expect([...answer.slice(-11)]).toEqual([0, 0, 41, 4, 208, 1, 0, 0, 0, 0, 0]);
    expect(flags(answer) & 15).toBe(0);
  });

  it('answers what could not be read with its number and nothing else', () => {
    const bare = { ...query, question: new Uint8Array() };
    expect(renderDnsAnswer(bare, { rcode: RCODE.formErr }, 'udp')).toHaveLength(12);
  });

  it('is understood by a real resolver', async () => {
    const socket = createSocket('udp4');
    socket.on('message', (bytes, peer) => {
      const input = parseDnsQuery(bytes);
      if (input.kind === 'drop') return;
      const isKnown = input.query.name === 'known.test';
      const answer = isKnown
        ? { rcode: RCODE.ok, addresses: ['198.18.0.1'], ttl: 30 }
        : NO_SUCH_NAME;
      socket.send(renderDnsAnswer(input.query, answer, 'udp'), peer.port, peer.address);
    });
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    const resolver = new Resolver({ timeout: 2000, tries: 1 });
    resolver.setServers([`127.0.0.1:${socket.address().port}`]);
    try {
      expect(await resolver.resolve4('KnOwN.test', { ttl: true })).toEqual([
        { address: '198.18.0.1', ttl: 30 },
      ]);
      await expect(resolver.resolve6('known.test')).rejects.toMatchObject({ code: 'ENODATA' });
      await expect(resolver.resolve4('other.test')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    } finally {
      socket.close();
    }
  });
});
