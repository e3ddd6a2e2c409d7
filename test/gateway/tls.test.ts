import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { checkHelloIfAny, requireHello, type StreamVerdict } from '../../src/gateway/tls.ts';

type Judge = (socket: Socket, name: string) => Promise<StreamVerdict>;

/** What a judge makes of what `speak` says on a connection. */
async function verdictOn(judge: Judge, speak: (port: number) => Socket): Promise<StreamVerdict> {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const client = speak((server.address() as AddressInfo).port).on('error', () => undefined);
  const [socket] = await accepted;
  try {
    return await judge(socket, 'allowed.test');
  } finally {
    client.destroy();
    socket.destroy();
    server.close();
  }
}

const tlsTo = (servername: string) => (port: number) =>
  connectTls({ host: '127.0.0.1', port, servername, rejectUnauthorized: false });

/** Says each after the other has arrived. */
const saying =
  (...parts: readonly Buffer[]) =>
  (port: number) => {
    const socket = connect(port, '127.0.0.1');
    void (async () => {
      for (const part of parts) {
        socket.write(part);
        await sleep(100);
      }
    })();
    return socket;
  };

const vector = (bytes: Buffer): Buffer => {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(bytes.length);
  return Buffer.concat([head, bytes]);
};
const extension = (type: number, data: Buffer): Buffer =>
  Buffer.concat([Buffer.from([type >> 8, type & 255]), vector(data)]);
const sni = (name: string): Buffer =>
  extension(0, vector(Buffer.concat([Buffer.from([0]), vector(Buffer.from(name))])));
const record = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from([22, 3, 1]), vector(bytes)]);

function hello(extensions: Buffer): Buffer {
  const start = Buffer.from([3, 3, ...Buffer.alloc(32), 0, 0, 2, 0x13, 1, 1, 0]);
  const body = Buffer.concat([start, vector(extensions)]);
  return Buffer.concat([Buffer.from([1, 0]), vector(body)]);
}

/** Bytes that are looked at, see `HelloReader` */
const LOOKED_AT = 32_768;

/**
 * A hello for `another.test` that is longer on the wire than what is looked at by just its server name; and what would
 * be its end, for `allowed.test`, if the bytes in between were left out.
 */
function gapped(): readonly [Buffer, Buffer] {
  const [end, otherEnd] = [sni('another.test'), sni('allowed.test')];
  const count = 60;
  const length = LOOKED_AT + end.length - count * 5;
  const filler = length - hello(end).length - 4;
  const long = hello(Buffer.concat([extension(0xbaba, Buffer.alloc(filler)), end]));
  const size = Math.ceil(length / count);
  const parts = Array.from({ length: count }, (_, index) =>
    record(long.subarray(index * size, (index + 1) * size)),
  );
  return [Buffer.concat(parts), otherEnd];
}

describe.each([
  ['on port 443', requireHello],
  ['elsewhere', checkHelloIfAny],
] as const)('TLS %s', (_where, judge) => {
  it('passes for the very name, and for no other', async () => {
    expect(await verdictOn(judge, tlsTo('allowed.test'))).toEqual({ verdict: 'allow' });
    expect(await verdictOn(judge, tlsTo('another.test'))).toMatchObject({ reason: 'sni' });
  });

  it('is refused when its hello is longer than what is looked at, whatever comes next', async () => {
    const denied = { verdict: 'deny', reason: 'protocol', detail: 'TLS hello: too_long' };
    expect(await verdictOn(judge, saying(...gapped()))).toEqual(denied);
  });
});

describe('what is no TLS', () => {
  const http = saying(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
  it('is refused on port 443, and nobody waits for more of it', async () => {
    expect(await verdictOn(requireHello, http)).toMatchObject({ reason: 'protocol' });
  });

  it('passes elsewhere', async () => {
    expect(await verdictOn(checkHelloIfAny, http)).toEqual({ verdict: 'allow' });
  });
});
