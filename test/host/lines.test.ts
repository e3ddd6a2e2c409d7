import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LineReader, MAX_LINE, eachLine, writeLine } from '../../src/host/lines.ts';

let server: Server;
let here: Socket;
let there: Socket;
let taken: unknown[];

beforeEach(async () => {
  taken = [];
  const path = join(mkdtempSync(join(tmpdir(), 'ct-lines-')), 's');
  server = createServer((socket) => {
    there = socket.on('error', () => undefined);
    eachLine(socket, (value) => void taken.push(value));
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const connected = once(server, 'connection');
  here = connect(path).on('error', () => undefined);
  await connected;
});
afterEach(() => {
  here.destroy();
  there.destroy();
  server.close();
});

describe('lines one after another', () => {
  it('come whole, however they were cut', async () => {
    const text = `${[{ n: 1 }, { n: 'ü\n' }, [3]].map((value) => JSON.stringify(value)).join('\n')}\n`;
    const bytes = Buffer.from(text);
    for (const [from, to] of [
      [0, 3],
      [3, 17],
      [17, bytes.length],
    ] as const) {
      here.write(bytes.subarray(from, to));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    writeLine(here, { n: 4 });
    await vi.waitFor(() => expect(taken).toEqual([{ n: 1 }, { n: 'ü\n' }, [3], { n: 4 }]));
  });

  it.each([
    ['no JSON', 'nonsense\n'],
    ['without an end', 'x'.repeat(MAX_LINE + 1)],
  ])('end with one that is %s', async (_, text) => {
    const closed = once(here, 'close');
    here.resume().write(text);
    await closed;
    expect(taken).toEqual([]);
  });
});

describe('a reader of lines', () => {
  let lines: LineReader;
  beforeEach(() => (lines = new LineReader(there)));

  it('gives one at a time, whether they come together or in parts', async () => {
    here.write('{"a":1}\n{"b":');
    expect(await lines.next()).toEqual({ a: 1 });
    const second = lines.next(20_000);
    here.write('2}\n[3]\n');
    expect(await second).toEqual({ b: 2 });
    expect(await lines.next()).toEqual([3]);
  });

  it('gives what came before the other side hung up, and then says that it did', async () => {
    here.end('1\n2\n');
    expect([await lines.next(), await lines.next()]).toEqual([1, 2]);
    await expect(lines.next()).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('says so to who waits already, and after a line that is none', async () => {
    const waiting = lines.next();
    here.write('serve me\n');
    await expect(waiting).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('waits no longer than it was told', async () => {
    await expect(lines.next(20)).rejects.toMatchObject({ code: 'deadline_exceeded' });
    here.write('4\n');
    expect(await lines.next()).toBe(4);
  });
});
