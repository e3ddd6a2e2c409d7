import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  RelayChannel,
  RelayLost,
  type RelayCall,
} from '../../../src/engine/containerd/relay-channel.ts';
import { eachLine, writeLine } from '../../../src/host/lines.ts';

/** The service's end of the line; what it does with a call is in test/integration/containerd-relay.test.ts. */
let server: Server;
let service: Socket;
let asked: RelayCall[];
let channel: RelayChannel;

beforeEach(async () => {
  asked = [];
  const path = join(mkdtempSync(join(tmpdir(), 'ct-relay-')), 's');
  server = createServer((socket) => {
    service = socket;
    eachLine(socket, (value) => void asked.push(value as RelayCall));
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const line = connect(path);
  await once(line, 'connect');
  channel = new RelayChannel(line);
});
afterEach(() => {
  channel.close();
  server.close();
});

const call = (path: string) => ({
  ...{ path, request: Buffer.from([0, 255]), namespace: 'ct', deadlineMs: 0 },
});
const untilAsked = (count: number) => vi.waitFor(() => expect(asked).toHaveLength(count));

describe('calls through the service', () => {
  it('have their own answers, in whatever order those come', async () => {
    const [first, second] = [channel.unary(call('/a/One')), channel.unary(call('/a/Two'))];
    await untilAsked(2);
    expect(asked[0]).toMatchObject({ path: '/a/One', request: 'AP8=', namespace: 'ct' });
    for (const { id } of [...asked].reverse()) {
      writeLine(service, { id, answer: Buffer.from(`for ${id}`).toString('base64') });
    }
    expect([await first, await second].map(String)).toEqual(['for 1', 'for 2']);
  });

  it('fail with what gRPC said', async () => {
    const failed = channel.unary(call('/a/One'));
    await untilAsked(1);
    writeLine(service, { id: 1, code: 5, details: 'no such thing' });
    await expect(failed).rejects.toMatchObject({ code: 5, details: 'no such thing' });
  });

  it('are called off', async () => {
    const stop = new AbortController();
    const failed = channel.unary(call('/a/Wait'), stop.signal);
    await untilAsked(1);
    stop.abort();
    await untilAsked(2);
    expect(asked[1]).toEqual({ id: 1, cancel: true });
    writeLine(service, { id: 1, code: 1, details: 'Cancelled' });
    await expect(failed).rejects.toMatchObject({ code: 1 });
  });

  it('are left to the service when it says so, in their order', async () => {
    const left = channel.handOver([call('/a/One'), call('/a/Two')]);
    await untilAsked(1);
    const wire = { request: 'AP8=', namespace: 'ct', deadlineMs: 0 };
    expect(asked[0]).toEqual({
      id: 1,
      last: [
        { path: '/a/One', ...wire },
        { path: '/a/Two', ...wire },
      ],
    });
    writeLine(service, { id: 1, answer: '' });
    await left;
    service.destroy();
    await expect.poll(() => channel.isLost).toBe(true);
    await expect(channel.handOver([])).rejects.toBeInstanceOf(RelayLost);
  });

  it('are lost with the service, and later ones too', async () => {
    const failed = channel.unary(call('/a/One'));
    await untilAsked(1);
    service.destroy();
    await expect(failed).rejects.toBeInstanceOf(RelayLost);
    expect(channel.isLost).toBe(true);
    await expect(channel.unary(call('/a/Two'))).rejects.toBeInstanceOf(RelayLost);
  });
});
