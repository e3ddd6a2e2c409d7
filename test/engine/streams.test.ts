import { createServer, connect, type Server, type Socket } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CtError } from '../../src/base/errors.ts';
import { FrameParser, processStreams, type Channel } from '../../src/engine/streams.ts';

function frame(channel: Channel, payload: Buffer | string, length = payload.length): Buffer {
  const header = Buffer.alloc(8);
  header[0] = { stdout: 1, stderr: 2, status: 3 }[channel];
  header.writeUInt32BE(length, 4);
  return Buffer.concat([header, Buffer.from(payload)]);
}

/** Deterministic noise: the same failure every time. */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('FrameParser', () => {
  it('gives back what went in, however it is cut', () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const random = noise(seed);
      const sent = { stdout: '', stderr: '', status: '' };
      const frames: Buffer[] = [];
      for (let count = Math.floor(random() * 20); count >= 0; count -= 1) {
        const channel = random() < 0.5 ? 'stdout' : 'stderr';
        const text = 'x'.repeat(Math.floor(random() * 40)) + String(count);
        sent[channel] += text;
        frames.push(frame(channel, text));
      }
      const wire = Buffer.concat(frames);
      const got = { stdout: '', stderr: '', status: '' };
      const parser = new FrameParser((channel, piece) => (got[channel] += piece.toString()));
      for (let at = 0; at < wire.length;) {
        const size = 1 + Math.floor(random() * 12);
        parser.push(wire.subarray(at, at + size));
        at += size;
      }
      expect(got).toEqual(sent);
      expect(parser.atBoundary).toBe(true);
    }
  });

  it('passes empty frames over', () => {
    const got: string[] = [];
    const parser = new FrameParser((channel, piece) => got.push(`${channel}:${piece.toString()}`));
    parser.push(Buffer.concat([frame('stdout', ''), frame('stderr', 'e')]));
    expect(got).toEqual(['stderr:e']);
  });

  it('does not make room for the length that a frame claims', () => {
    const before = process.memoryUsage().arrayBuffers;
    const parser = new FrameParser(() => undefined);
    parser.push(frame('stdout', 'abc', 0xffffffff));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1024 * 1024);
    expect(parser.atBoundary).toBe(false);
  });

  it.each([
    ['an unknown channel', [3, 0, 0, 0, 0, 0, 0, 1]],
    ['a text that is no frame', [...Buffer.from('Error: x')]],
    ['padding that is not zero', [1, 0, 7, 0, 0, 0, 0, 1]],
  ])('refuses %s', (_name, bytes) => {
    const parser = new FrameParser(() => undefined);
    expect(() => parser.push(Buffer.from(bytes))).toThrow(CtError);
  });
});

describe('processStreams', () => {
  const dir = mkdtempSync(join(tmpdir(), 'ct-streams-'));
  let server: Server;
  let engineEnd: Socket;
  let ourEnd: Socket;

  beforeEach(async () => {
    const path = join(dir, 'socket');
    rmSync(path, { force: true });
    server = createServer({ allowHalfOpen: true });
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
    ourEnd = connect({ path });
    engineEnd = await accepted;
  });
  afterEach(() => {
    ourEnd.destroy();
    engineEnd.destroy();
    server.close();
  });

  const text = async (stream: AsyncIterable<Buffer> | undefined): Promise<string> => {
    let all = '';
    for await (const chunk of stream ?? []) all += chunk.toString();
    return all;
  };

  it('keeps the channels apart and ends them', async () => {
    const streams = processStreams(ourEnd, { terminal: false, stdin: true });
    engineEnd.end(Buffer.concat([frame('stdout', 'out'), frame('stderr', 'err')]));
    expect(await Promise.all([text(streams.stdout), text(streams.stderr)])).toEqual(['out', 'err']);
    await streams.ended;
  });

  it('tells the exit status where the connection carries it, and refuses it where none is wanted', async () => {
    const told: number[] = [];
    const onStatus = (status: number): void => void told.push(status);
    const streams = processStreams(ourEnd, { terminal: false, stdin: true, onStatus });
    engineEnd.end(Buffer.concat([frame('stdout', 'out'), frame('status', '\x07')]));
    expect(await Promise.all([text(streams.stdout), text(streams.stderr)])).toEqual(['out', '']);
    await streams.ended;
    expect(told).toEqual([7]);
    const parser = new FrameParser(() => undefined);
    expect(() => parser.push(frame('status', '\x07'))).toThrow(CtError);
  });

  it('leaves a terminal’s bytes as they are', async () => {
    const streams = processStreams(ourEnd, { terminal: true, stdin: true });
    engineEnd.end('\u0001raw');
    expect(streams.stderr).toBeUndefined();
    expect(await text(streams.stdout)).toBe('\u0001raw');
    await streams.ended;
  });

  it('closes input while output flows on', async () => {
    const streams = processStreams(ourEnd, { terminal: true, stdin: true });
    let got = '';
    engineEnd.on('data', (chunk: Buffer) => (got += chunk.toString()));
    engineEnd.once('end', () => engineEnd.end('after'));
    streams.stdin.end('input');
    expect(await text(streams.stdout)).toBe('after');
    expect(got).toBe('input');
    await streams.ended;
  });

  it.each([
    ['inside a header', Buffer.from([1, 0, 0])],
    ['inside a payload', frame('stdout', 'abc', 10)],
  ])('tells a connection that breaks %s from an end', async (_name, bytes) => {
    const streams = processStreams(ourEnd, { terminal: false, stdin: true });
    streams.stderr?.resume();
    streams.stdout.resume();
    engineEnd.end(bytes);
    await expect(streams.ended).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('gives up a connection that talks nonsense', async () => {
    const streams = processStreams(ourEnd, { terminal: false, stdin: true });
    streams.stderr?.resume();
    streams.stdout.resume();
    engineEnd.write('HTTP/1.1 500 Oh no\r\n');
    await expect(streams.ended).rejects.toMatchObject({ code: 'unavailable' });
    expect(ourEnd.destroyed).toBe(true);
  });

  it('stops reading when the reader falls behind, and goes on with it', async () => {
    const streams = processStreams(ourEnd, { terminal: false, stdin: true });
    streams.stderr?.resume();
    const total = 64 * 1024 * 1024;
    let accepted = 0;
    const piece = frame('stdout', Buffer.alloc(1024 * 1024));
    for (let sent = 0; sent < total; sent += 1024 * 1024) {
      engineEnd.write(piece, () => (accepted += piece.length));
    }
    engineEnd.end();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(accepted).toBeLessThan(4 * 1024 * 1024);
    expect(ourEnd.bytesRead).toBeLessThan(4 * 1024 * 1024);
    let seen = 0;
    for await (const chunk of streams.stdout) seen += (chunk as Buffer).length;
    expect(seen).toBe(total);
    await streams.ended;
  });

  it('is not held up by a reader who left', async () => {
    const streams = processStreams(ourEnd, { terminal: false, stdin: true });
    streams.stdout.destroy();
    const errors = text(streams.stderr);
    const piece = frame('stdout', Buffer.alloc(1024 * 1024));
    for (let count = 0; count < 8; count += 1) engineEnd.write(piece);
    engineEnd.end(frame('stderr', 'still here'));
    expect(await errors).toBe('still here');
    await streams.ended;
  });

  it('drops input for a process that has ended, without an error', async () => {
    const streams = processStreams(ourEnd, { terminal: true, stdin: true });
    streams.stdout.resume();
    engineEnd.destroy();
    await streams.ended.catch(() => undefined);
    await new Promise<void>((resolve, reject) => {
      streams.stdin.on('error', reject);
      streams.stdin.write('late', () => resolve());
    });
  });

  it('closes at once when told', async () => {
    const streams = processStreams(ourEnd, { terminal: false, stdin: true });
    streams.close();
    await expect(streams.ended).rejects.toMatchObject({ code: 'canceled' });
  });
});
