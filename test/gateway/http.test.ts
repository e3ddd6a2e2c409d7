import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { HttpProxy } from '../../src/gateway/http.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function listen(onConnection: (socket: Socket) => void): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    closing.push(() => socket.destroy());
    onConnection(socket);
  }).listen(0, '127.0.0.1');
  closing.push(() => server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

interface Lab {
  /** A client's connection to port 80 of www.example.test */
  readonly client: Socket;
  /** All that the host has got, and the client */
  readonly seen: { host: string; client: string };
  readonly refused: readonly string[];
}

/** A host that answers each request whose end it sees with `answer`; nothing if that is empty. */
async function lab(answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'): Promise<Lab> {
  const seen = { host: '', client: '' };
  const refused: string[] = [];
  const hostPort = await listen((socket) =>
    socket.on('data', (chunk) => {
      seen.host += String(chunk);
      if (answer !== '') socket.write(answer);
    }),
  );
  const proxy = new HttpProxy();
  const port = await listen((socket) => {
    void proxy.serve(socket, {
      name: 'www.example.test',
      proxy: undefined,
      dial: async () => connect({ host: '127.0.0.1', port: hostPort, allowHalfOpen: true }),
      onRefused: (why) => refused.push(why),
    });
  });
  const client = connect(port, '127.0.0.1').on('error', () => undefined);
  closing.push(() => client.destroy());
  client.on('data', (chunk) => (seen.client += String(chunk)));
  return { client, seen, refused };
}

const HOST = 'Host: www.example.test\r\n';

describe('a request that would hide another one', () => {
  const hidden = 'POST /out HTTP/1.1\r\nHost: other.test\r\nContent-Length: 6\r\n\r\nsecret';
  const chunk = `${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`;

  it.each(['GET', 'DELETE', 'POST'])('in its body does not get out: %s', async (method) => {
    const { client, seen, refused } = await lab();
    const head = `${method} / HTTP/1.1\r\n${HOST}Connection: transfer-encoding\r\n`;
    client.write(`${head}Transfer-Encoding: chunked\r\n\r\n${chunk}`);
    await once(client, 'end');
    expect(seen).toEqual({ host: '', client: expect.stringMatching(/^HTTP\/1\.1 403 /u) });
    expect(refused).toEqual(['Connection names what every hop needs']);
  });

  it.each(['GET', 'DELETE', 'POST'])('is a body and no request: %s', async (method) => {
    const { client, seen } = await lab();
    client.write(`${method} / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n${chunk}`);
    await expect.poll(() => seen.client).toContain('ok');
    await expect.poll(() => seen.host).toContain('0\r\n\r\n');
    const [head = '', body = ''] = seen.host.split(/\r\n\r\n([^]*)/u);
    expect(head).toMatch(/^transfer-encoding: chunked$/imu);
    expect(body).toMatch(new RegExp(`^${hidden.length.toString(16)}\\r\\n`, 'u'));
  });
});

describe('requests ahead of their answers', () => {
  const one = `GET / HTTP/1.1\r\n${HOST}\r\n`;

  it('are answered in turn, as many as programs send', async () => {
    const { client, seen, refused } = await lab();
    client.write(one.repeat(20));
    await expect.poll(() => seen.client.split('\r\n\r\nok').length - 1).toBe(20);
    client.write(one.repeat(60));
    await expect.poll(() => seen.client.split('\r\n\r\nok').length - 1).toBe(80);
    expect(refused).toEqual([]);
  });

  it('end the connection when there are too many, however many come at once', async () => {
    const { client, refused } = await lab('');
    const closed = new Promise((resolve) => client.once('close', resolve));
    client.write(one.repeat(5000));
    await closed;
    await sleep(50);
    expect(refused).toEqual(['too many requests ahead of their answers']);
  });
});
