import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { DnsServer, type DnsResponder } from '../../src/gateway/dns-server.ts';
import { freePort } from '../support/free-port.ts';

const open: DnsServer[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

/** On loopback: Node takes a place to listen at where the gateway has a socket from inside. */
async function serve(respond: DnsResponder): Promise<{ server: DnsServer; port: number }> {
  const port = await freePort();
  const place = { address: '127.0.0.1', host: '127.0.0.1', port };
  const server = new DnsServer(place as never, place as never, respond);
  open.push(server);
  await sleep(20);
  return { server, port };
}

/** Asks over UDP, and closes after `ms` without an answer. */
async function ask(port: number, ms = 5000): Promise<string | undefined> {
  const socket = createSocket('udp4');
  try {
    socket.send('question', port, '127.0.0.1');
    const answer = once(socket, 'message').then(([text]) => String(text));
    return await Promise.race([answer, sleep(ms, undefined, { ref: false })]);
  } finally {
    socket.close();
  }
}

describe('a resolver', () => {
  it('that is closed says nothing any more, also when an answer comes late', async () => {
    let asked = (): void => undefined;
    const isAsked = new Promise<void>((resolve) => (asked = resolve));
    let answer = (_bytes: Uint8Array): void => undefined;
    const { server, port } = await serve(() => {
      asked();
      return new Promise((resolve) => (answer = resolve));
    });
    const got = ask(port, 100);
    await isAsked;
    open.pop();
    server.close();
    answer(Buffer.from('late'));
    expect(await got).toBeUndefined();
  });

  it('goes on after a question that it cannot answer', async () => {
    let count = 0;
    const { port } = await serve(() => {
      count += 1;
      if (count === 1) throw new Error('at once');
      return count === 2 ? Promise.reject(new Error('later')) : Buffer.from('answer');
    });
    expect(await ask(port, 50)).toBeUndefined();
    expect(await ask(port, 50)).toBeUndefined();
    expect(await ask(port)).toBe('answer');
  });

  it('answers over TCP, each message with its length', async () => {
    const { port } = await serve((message) => Buffer.from(message).reverse());
    const socket = connect(port, '127.0.0.1');
    socket.write(Buffer.from('\0\u0003abc\0\u0002de'));
    let all = '';
    for await (const chunk of socket) {
      all += String(chunk);
      if (all.length >= 9) break;
    }
    expect(all).toBe('\0\u0003cba\0\u0002ed');
  });
});
