import { connect, createServer, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { peek } from '../../src/gateway/peek.ts';
import { relay } from '../../src/gateway/relay.ts';

/** Both ends of a connection. */
async function pair(): Promise<readonly [near: Socket, far: Socket]> {
  const server = createServer({ allowHalfOpen: true });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as { port: number };
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const near = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const far = await accepted;
  server.close();
  return [near, far];
}

/** The end of a stream has been seen, by nobody in particular. */
async function settled(socket: Socket): Promise<void> {
  while (!socket.readableEnded && !socket.destroyed) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function text(socket: Socket): Promise<string> {
  let all = '';
  socket.on('data', (chunk) => (all += String(chunk)));
  return new Promise((resolve) => socket.once('end', () => resolve(all)));
}

describe('a relay', () => {
  it('lets one side end while the other goes on, and counts', async () => {
    const [client, inside] = await pair();
    const [outside, server] = await pair();
    const traffic = relay(inside, outside);
    client.end('question');
    expect(await text(server)).toBe('question');
    server.end('a longer answer');
    expect(await text(client)).toBe('a longer answer');
    expect(await traffic).toEqual({ sent: 8, received: 15 });
  });

  it('breaks the one side off when the other breaks', async () => {
    const [client, inside] = await pair();
    const [outside, server] = await pair();
    const traffic = relay(inside, outside);
    const broken = new Promise<NodeJS.ErrnoException>((resolve) => client.once('error', resolve));
    server.resetAndDestroy();
    expect((await broken).code).toBe('ECONNRESET');
    await traffic;
  });

  it('is over at once when one side had broken off before', async () => {
    const [client, inside] = await pair();
    const [outside, server] = await pair();
    server.on('error', () => undefined);
    inside.on('error', () => undefined);
    client.resetAndDestroy();
    await settled(inside);
    expect(
      await relay(
        inside,
        outside,
        peek(inside, () => true, Infinity).then(() => true),
      ),
    ).toEqual({ sent: 0, received: 0 });
    expect(outside.closed).toBe(true);
  });

  it('passes nothing from inside when it turns out not to be ready', async () => {
    const [client, inside] = await pair();
    const [outside, server] = await pair();
    client.on('error', () => undefined);
    let seen = '';
    server.on('data', (chunk) => (seen += String(chunk))).on('error', () => undefined);
    client.write('secret');
    await relay(inside, outside, Promise.resolve(false));
    expect(seen).toBe('');
  });
});

describe('a look at the beginning', () => {
  it('leaves the stream as it was', async () => {
    const [client, inside] = await pair();
    client.write('ab');
    setTimeout(() => client.end('cd'), 20);
    let seen = '';
    const judged = await peek(
      inside,
      (chunk) => ((seen += String(chunk)).length >= 3 ? seen : undefined),
      1_000,
    );
    expect(judged).toBe('abcd');
    expect(await text(inside)).toBe('abcd');
  });

  it('gives up in time, and when nothing more comes', async () => {
    const [client, inside] = await pair();
    expect(await peek(inside, () => undefined, 20)).toBeUndefined();
    client.end('x');
    expect(await peek(inside, () => undefined, 1_000)).toBeUndefined();
  });

  it('does not wait for one who hung up before anybody looked', async () => {
    const [client, inside] = await pair();
    client.destroy();
    await settled(inside);
    expect(await peek(inside, () => undefined, Infinity)).toBeUndefined();
  });
});
