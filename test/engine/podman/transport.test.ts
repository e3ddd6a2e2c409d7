import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import {
  connect,
  createServer as createRawServer,
  type Server as RawServer,
  type Socket,
} from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CtError } from '../../../src/base/errors.ts';
import { Transport, type Call } from '../../../src/engine/podman/transport.ts';
import { quickly } from '../../support/quickly.ts';

let dir: string;
let server: Server | RawServer;
let transport: Transport;
let connections: number;
const sockets = new Set<Socket>();

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ct-transport-'));
  connections = 0;
});
afterEach(async () => {
  await transport.close();
  for (const socket of sockets) socket.destroy();
  server.close();
  rmSync(dir, { recursive: true, force: true });
});

async function serve(made: Server | RawServer): Promise<void> {
  server = made;
  made.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
  });
  await new Promise<void>((resolve) => made.listen(join(dir, 's'), resolve));
  transport = connecting();
}

/** To what listens; one that was given up once stays so. */
function connecting(isStarting = false): Transport {
  return new Transport({
    isStarting: async () => isStarting,
    connect: () =>
      new Promise((resolve, reject) => {
        const socket = connect({ path: join(dir, 's') }, () => resolve(socket));
        socket.once('error', reject);
      }),
  });
}

const answering = (answer: (request: IncomingMessage, response: ServerResponse) => void) =>
  serve(createServer(answer));
const raw = (onSocket: (socket: Socket) => void) => serve(createRawServer(onSocket));

const call: Call = { doing: 'do it', method: 'GET', path: '/x' };

describe('json', () => {
  it('speaks the versioned API', async () => {
    let seen = '';
    await answering((request, response) => {
      seen = `${request.method ?? ''} ${request.url ?? ''}`;
      response.end('{"a":1}');
    });
    expect(
      await transport.json({ ...call, query: { all: true, no: undefined, q: 'a b&c' } }),
    ).toEqual({
      a: 1,
    });
    expect(seen).toBe('GET /v4.0.0/libpod/x?all=true&q=a+b%26c');
    expect(connections).toBe(1);
  });

  it('translates a refusal', async () => {
    await answering((_request, response) => {
      response.writeHead(500).end('{"cause":"no such container","message":"x: no such container"}');
    });
    await expect(transport.json(call)).rejects.toMatchObject({
      code: 'not_found',
      message: 'cannot do it: x: no such container',
    });
  });

  it.each([
    ['not JSON', '<html>'],
    ['half of it', '{"a":'],
  ])('reports an answer that is %s', async (_name, body) => {
    await answering((_request, response) => response.end(body));
    await expect(transport.json(call)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('reports a server that does not speak HTTP', async () => {
    await raw((socket) => socket.once('data', () => socket.end('SSH-2.0-OpenSSH\r\n')));
    await expect(transport.json({ ...call, method: 'POST' })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('HTTP') as string,
    });
  });

  it('reports a body that breaks off', async () => {
    await raw((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"a"'));
    });
    await expect(transport.json(call)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('gives up an engine that accepts and never answers, within five seconds', async () => {
    await raw(() => undefined);
    await quickly(5_000, async () => {
      await transport.close();
      transport = connecting();
      await expect(transport.json({ ...call, method: 'POST' })).rejects.toMatchObject({
        code: 'deadline_exceeded',
      });
    });
    // Cleaning up after that does not wait again, not even for one turn of the event loop.
    const again = transport.json(call).catch((thrown: unknown) => thrown);
    const turn = new Promise((resolve) => setImmediate(() => resolve('it waits')));
    expect(await Promise.race([again, turn])).toMatchObject({ code: 'deadline_exceeded' });
  });

  it('waits longer for one that is only starting', async () => {
    const ready = performance.now() + 7_000;
    await answering((_request, response) => {
      setTimeout(() => response.end('{}'), ready - performance.now());
    });
    transport = connecting(true);
    expect(await transport.json({ ...call, method: 'POST' })).toEqual({});
  });

  it('does not go on asking for a caller who has left', async () => {
    await raw(() => undefined);
    transport = connecting(true);
    const asked = transport.json({ ...call, method: 'POST' }).catch((thrown: unknown) => thrown);
    await new Promise((resolve) => setTimeout(resolve, 2_200));
    expect(connections).toBe(2);
    await transport.close();
    expect(await asked).toBeInstanceOf(CtError);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(connections).toBe(2);
  });

  it('lets a slow call take its time while the engine shows that it lives', async () => {
    await answering((request, response) => {
      if (request.url?.endsWith('/_ping') === true) response.end('OK');
      else setTimeout(() => response.end('{"late":true}'), 5_500);
    });
    expect(await transport.json({ ...call, method: 'POST' })).toEqual({ late: true });
  });

  it('keeps a deadline', async () => {
    await answering((request, response) => {
      if (request.url?.endsWith('/_ping') === true) response.end('OK');
    });
    await transport.json({ ...call, path: '/_ping' });
    await expect(transport.json({ ...call, deadlineMs: 50 })).rejects.toMatchObject({
      code: 'deadline_exceeded',
    });
  });

  it('connects again when the engine closed the connection meanwhile', async () => {
    await answering((_request, response) => response.end('{}'));
    await transport.json(call);
    for (const socket of sockets) socket.destroy();
    await transport.json(call);
    expect(connections).toBe(2);
  });

  it('sends a request again that only reads, and no other', async () => {
    let count = 0;
    await raw((socket) => {
      socket.once('data', () => {
        count += 1;
        if (count === 1) socket.destroy();
        else socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}');
      });
    });
    expect(await transport.json(call)).toEqual({});
    count = 0;
    await expect(transport.json({ ...call, method: 'POST' })).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(count).toBe(1);
  });

  it('stops when the caller does, before and while the answer comes', async () => {
    await answering((_request, response) => void response.write('{'));
    await expect(transport.json({ ...call, signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'canceled',
    });
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 50);
    await expect(transport.json({ ...call, signal: abort.signal })).rejects.toMatchObject({
      code: 'canceled',
    });
  });

  it('bothers the engine only when there is something to send', async () => {
    await answering((request, response) => request.resume().on('end', () => response.end('{}')));
    const tar = new PassThrough();
    const sending = transport.json({ ...call, method: 'POST', tar });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(connections).toBe(0);
    tar.end('x');
    await sending;
    expect(connections).toBe(1);
  });

  it('reports the error of a body that fails before it begins', async () => {
    await answering((request, response) => request.resume().on('end', () => response.end('{}')));
    const tar = new PassThrough();
    const sending = transport.json({ ...call, method: 'POST', tar });
    setTimeout(() => tar.destroy(new CtError('unavailable', 'no mirror')), 20);
    await expect(sending).rejects.toMatchObject({ message: 'no mirror' });
  });

  it('reports the error of a body that could not be read to its end', async () => {
    await answering((request, response) => request.resume().on('end', () => response.end('{}')));
    const tar = new PassThrough();
    const sending = transport.json({ ...call, method: 'POST', tar });
    tar.write('x');
    setTimeout(() => tar.destroy(new Error('disk on fire')), 20);
    await expect(sending).rejects.toMatchObject({
      details: { reason: expect.stringContaining('disk on fire') as string },
    });
  });
});

describe('lines', () => {
  it('hands out whole lines, however they come', async () => {
    await answering((_request, response) => {
      response.write('{"a":"ä');
      setTimeout(() => response.end('"}\n\n{"b":2}'), 10);
    });
    const lines: string[] = [];
    await transport.lines(call, (line) => lines.push(line));
    expect(lines).toEqual(['{"a":"ä"}', '{"b":2}']);
  });

  it('ends when the caller stops', async () => {
    await answering((_request, response) => void response.write('one\n'));
    const abort = new AbortController();
    const lines = transport.lines({ ...call, signal: abort.signal }, () => abort.abort());
    await expect(lines).rejects.toMatchObject({ code: 'canceled' });
  });

  it('does not gather a line without an end', async () => {
    await answering((_request, response) => {
      const more = (): void =>
        void response.write('x'.repeat(256 * 1024), () => setImmediate(more));
      response.on('error', () => undefined);
      more();
    });
    await expect(transport.lines(call, () => undefined)).rejects.toMatchObject({
      code: 'unavailable',
    });
  });
});

describe('upgrade', () => {
  const upgrade: Call = { ...call, method: 'POST' };

  it('gives the connection, with what came right behind the answer', async () => {
    await raw((socket) => {
      socket.once('data', () =>
        socket.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nhello'),
      );
    });
    const socket = await transport.upgrade(upgrade);
    const first = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
    expect(first.toString()).toBe('hello');
    socket.destroy();
  });

  it('gives the reason of a refusal', async () => {
    await answering((_request, response) => {
      response.writeHead(404).end('{"cause":"no such container","message":"no such container"}');
    });
    await expect(transport.upgrade(upgrade)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('does not take a plain answer for a stream', async () => {
    await answering((_request, response) => response.end('hi'));
    await expect(transport.upgrade(upgrade)).rejects.toMatchObject({ message: /cannot do it/u });
  });

  it('gives up an engine that never answers', async () => {
    await raw(() => undefined);
    await expect(transport.upgrade(upgrade)).rejects.toMatchObject({ code: 'deadline_exceeded' });
  });
});
