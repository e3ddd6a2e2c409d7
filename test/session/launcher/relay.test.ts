import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processStreams } from '../../../src/engine/streams.ts';
import { relayProgram } from '../../../src/session/launcher/relay.ts';

/** Both ends of a real socket, and a program's streams behind one of them. */
let dir: string;
let server: Server;
let line: Socket;
let client: ReturnType<typeof processStreams>;
let over: Promise<void>;
let unread: number;
let status: () => Promise<number>;
let told: number[];
const program = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
let end: (error?: Error) => void;

beforeEach(async () => {
  Object.assign(program, {
    stdin: new PassThrough(),
    stdout: new PassThrough({ highWaterMark: 1024 }),
    stderr: new PassThrough(),
  });
  unread = 0;
  dir = mkdtempSync(join(tmpdir(), 'ct-relay-'));
  server = createServer({ allowHalfOpen: true }).listen(`${dir}/socket`);
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  line = connect(`${dir}/socket`);
  const [socket] = await accepted;
  told = [];
  const onStatus = (code: number): void => void told.push(code);
  client = processStreams(line, { terminal: false, stdin: true, onStatus });
  const ended = new Promise<void>((resolve, reject) => {
    end = (error) => (error === undefined ? resolve() : reject(error));
  });
  status = async () => 7;
  const streams = { ...program, ended, close: () => undefined };
  const onUnread = (): void => void unread++;
  over = relayProgram(socket, streams, { mark: 'mark', status: async () => status(), onUnread });
});
afterEach(() => {
  line.destroy();
  server.close();
  rmSync(dir, { recursive: true });
});

async function all(stream: AsyncIterable<unknown> | undefined): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream ?? []) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

describe('a program behind a line', () => {
  it('gets its input, and its output goes on after the end of that', async () => {
    client.stdin.end('in');
    expect(await all(program.stdin)).toBe('in');
    program.stdout.end('out');
    program.stderr.end('err');
    end();
    expect(await Promise.all([all(client.stdout), all(client.stderr)])).toEqual(['out', 'err']);
    await Promise.all([client.ended, over]);
    expect(told).toEqual([7]);
  });

  it('ends where its launcher marked both outputs, before the engine says so', async () => {
    status = () => Promise.reject(new Error('not asked'));
    program.stdout.write('outmark04');
    program.stderr.write('errmark042');
    program.stdout.write('2');
    expect(await Promise.all([all(client.stdout), all(client.stderr)])).toEqual(['out', 'err']);
    await Promise.all([client.ended, over]);
    expect(told).toEqual([42]);
  });

  it('of which the engine cannot say how it ended leaves that to be asked', async () => {
    status = () => Promise.reject(new Error('not known'));
    program.stdout.end('out');
    program.stderr.end();
    end();
    expect(await Promise.all([all(client.stdout), all(client.stderr)])).toEqual(['out', '']);
    await Promise.all([client.ended, over]);
    expect(told).toEqual([]);
  });

  it('waits for a slow reader, and no byte is lost', async () => {
    let written = 0;
    const chunk = Buffer.alloc(64 * 1024, 'x');
    const write = (): void => {
      while (written < 400) {
        written++;
        if (!program.stdout.write(chunk)) return void program.stdout.once('drain', write);
      }
      program.stdout.end();
      program.stderr.end();
      end();
    };
    write();
    await new Promise((resolve) => setTimeout(resolve, 200));
    const early = written;
    client.stderr?.resume();
    const text = await all(client.stdout);
    expect(early).toBeLessThan(100);
    expect(text.length).toBe(400 * chunk.length);
    await over;
  });

  it('whose client has gone reads the end of its input, and has its output dropped', async () => {
    client.close();
    expect(await all(program.stdin)).toBe('');
    for (let n = 0; n < 100; n++) {
      if (!program.stdout.write(Buffer.alloc(1024))) await once(program.stdout, 'drain');
    }
    await over;
    expect(unread).toBe(1);
  });

  it('whose engine has gone ends the line', async () => {
    end(new Error('gone'));
    await over;
    await once(line, 'close');
  });
});
