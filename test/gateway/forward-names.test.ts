import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { forwardNames, hostResolvers } from '../../src/gateway/forward-names.ts';
import { RCODE } from '../../src/network/dns-message.ts';
import { emptyPolicy } from '../../src/network/policy.ts';

function conf(text: string): string {
  const path = `${mkdtempSync(`${tmpdir()}/resolv-`)}/resolv.conf`;
  writeFileSync(path, text);
  return path;
}

describe("the host's resolvers", () => {
  it('are the first three that resolv.conf names', () => {
    const text =
      '# no\nsearch a.test\nnameserver 127.0.0.53\n nameserver ::1\nnameserver x\nnameserver 192.0.2.1\nnameserver 192.0.2.2\n';
    expect(hostResolvers(conf(text))).toEqual(['127.0.0.53', '::1', '192.0.2.1']);
  });

  it('are the one on this host when none is named', () => {
    expect(hostResolvers(conf('options timeout:1\n'))).toEqual(['127.0.0.1']);
  });
});

describe('a question', () => {
  it('fails where there is no way to any resolver, and nothing else does', async () => {
    // The kernel refuses to connect to the broadcast address: nothing is sent. ::2 has no route.
    const respond = forwardNames(
      {
        policy: () => emptyPolicy('permissive', []),
        recorder: { write: () => undefined } as never,
      },
      () => ['255.255.255.255', '::2%none'],
    );
    const question = Buffer.from('1234010000010000000000000361626304746573740000010001', 'hex');
    const answer = await respond(question, 'udp');
    expect(answer?.[0]).toBe(0x12);
    expect((answer?.[3] ?? 0) & 15).toBe(RCODE.servFail);
  });
});
