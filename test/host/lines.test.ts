import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MAX_LINE, eachLine, writeLine } from '../../src/host/lines.ts';

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
  here = connect(path).on('error', () => undefined);
  await once(here, 'connect');
  await vi.waitFor(() => expect(there).toBeDefined());
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
