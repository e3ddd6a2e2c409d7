import { randomBytes } from 'node:crypto';
import { createServer, get, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { blobStream, type BlobSource } from '../../../src/engine/registry/blob.ts';
import { wireError } from '../../../src/engine/registry/failures.ts';
import { digestOf } from './fake-registry.ts';

const MiB = 1024 * 1024;
const body = randomBytes(3 * MiB);
const blob = { mediaType: 'x', digest: digestOf(body), size: body.length };
const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

/** A server that only knows one blob, as far as `listener` gives it, and what it was asked for. */
async function serve(
  listener: RequestListener,
): Promise<BlobSource & { readonly ranges: (string | undefined)[] }> {
  const ranges: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    ranges.push(request.headers.range);
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  const { port } = server.address() as AddressInfo;
  return {
    ranges,
    host: 'a.b',
    get: (what, headers) =>
      new Promise<IncomingMessage>((resolve, reject) => {
        get({ host: '127.0.0.1', port, path: `/${what}`, headers }, resolve).on('error', (error) =>
          reject(wireError('a.b', error)),
        );
      }),
  };
}

async function take(source: BlobSource, change: Partial<typeof blob> = {}): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of blobStream(source, { ...blob, ...change }, { pauseMs: 1 })) {
    pieces.push(piece as Buffer);
  }
  return Buffer.concat(pieces);
}

const startOf = (range: string | undefined): number => Number(/\d+/u.exec(range ?? '0')?.[0]);

describe('a blob', () => {
  it('comes whole', async () => {
    const source = await serve((_request, response) => response.end(body));
    expect((await take(source)).equals(body)).toBe(true);
    expect(source.ranges).toEqual([undefined]);
  });

  it('may be empty', async () => {
    const source = await serve((_request, response) => response.end());
    const empty = { digest: digestOf(Buffer.of()), size: 0 };
    expect(await take(source, empty)).toHaveLength(0);
  });

  it('is fetched on from where the connection broke, and no byte twice', async () => {
    let sent = 0;
    const source = await serve((request, response) => {
      const from = startOf(request.headers.range);
      const part = body.subarray(from, from + MiB);
      sent += part.length;
      response.writeHead(from === 0 ? 200 : 206, {
        'content-length': body.length - from,
        'content-range': `bytes ${from}-${body.length - 1}/${body.length}`,
      });
      response.write(part, () => setTimeout(() => response.destroy(), 20));
    });
    expect((await take(source)).equals(body)).toBe(true);
    expect(source.ranges).toEqual([undefined, `bytes=${MiB}-`, `bytes=${2 * MiB}-`]);
    expect(sent).toBe(body.length);
  });

  it('is fetched anew from a registry that knows no parts', async () => {
    let times = 0;
    const source = await serve((_request, response) => {
      times += 1;
      if (times > 1) return void response.end(body);
      response.writeHead(200, { 'content-length': body.length });
      response.write(body.subarray(0, MiB), () => setTimeout(() => response.destroy(), 20));
    });
    expect((await take(source)).equals(body)).toBe(true);
    expect(times).toBe(2);
  });

  it('is given up when nothing comes any more', async () => {
    const source = await serve((_request, response) => response.destroy());
    await expect(take(source)).rejects.toMatchObject({ code: 'unavailable' });
    expect(source.ranges).toHaveLength(5);
  });

  it('is given up when it is stopped', async () => {
    const source = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': body.length });
      response.write(body.subarray(0, MiB));
    });
    const stop = new AbortController();
    const stream = blobStream(source, blob, { signal: stop.signal, pauseMs: 1 });
    await new Promise((resolve) => stream.once('data', resolve));
    stop.abort();
    stream.destroy();
    await new Promise((resolve) => stream.once('close', resolve));
    expect(source.ranges).toHaveLength(1);
  });

  const flipped = Buffer.from(body);
  flipped[MiB] = (flipped[MiB] ?? 0) ^ 1;

  it.each<[string, RequestListener, RegExp]>([
    ['has other bytes', (_request, response) => response.end(flipped), /another one/u],
    [
      'is announced longer',
      (_request, response) => response.end(Buffer.concat([body, body])),
      /6291456 bytes where 3145728/u,
    ],
    [
      'is announced shorter',
      (_request, response) => response.end(body.subarray(1)),
      /3145727 bytes where 3145728/u,
    ],
    [
      'has no end',
      (_request, response) => {
        response.writeHead(200);
        const more = (): void => void response.write(body, more);
        more();
      },
      /more than 3145728 bytes/u,
    ],
    [
      'goes on elsewhere than asked',
      (request, response) => {
        const isRest = request.headers.range !== undefined;
        response.writeHead(isRest ? 206 : 200, { 'content-range': 'bytes 0-9/10' });
        response.write(body.subarray(0, 10), () => setTimeout(() => response.destroy(), 20));
      },
      /another part/u,
    ],
  ])('that %s is refused, without another attempt', async (title, listener, says) => {
    const source = await serve(listener);
    await expect(take(source)).rejects.toThrow(says);
    expect(source.ranges.length).toBe(title.startsWith('goes on') ? 2 : 1);
  });
});
