import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { execInContainer } from '../../../src/engine/podman/exec.ts';
import { Transport } from '../../../src/engine/podman/transport.ts';

/** An engine that starts a program and refuses to resize its terminal, so often, because there is none yet. */
let dir: string;
let server: Server;
let transport: Transport;
let refusals: number;
let sizes: string[];
const sockets = new Set<Socket>();

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'ct-exec-'));
  sizes = [];
  server = createServer((request, response) => {
    const url = request.url ?? '';
    if (!url.includes('/resize')) return void response.end('{"Id":"e1"}');
    const isRefused = refusals-- > 0;
    if (!isRefused) sizes.push(url.slice(url.indexOf('?')));
    response.writeHead(isRefused ? 500 : 201).end(isRefused ? '{"message":"no terminal"}' : '');
  });
  server.on('upgrade', (_request, socket: Socket) => {
    sockets.add(socket);
    socket.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n');
  });
  const path = join(dir, 's');
  await new Promise<void>((resolve) => server.listen(path, resolve));
  transport = new Transport({
    connect: () =>
      new Promise((resolve, reject) => {
        const socket = connect({ path }, () => resolve(socket));
        socket.once('error', reject);
      }),
  });
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await transport.close();
  server.close();
  rmSync(dir, { recursive: true, force: true });
});

const start = () =>
  execInContainer(transport, 'c1', {
    args: ['sh'],
    env: {},
    cwd: '/',
    user: { uid: 1000, gid: 1000 },
    terminal: true,
    stdin: true,
    size: { columns: 80, rows: 21 },
  });

it('says the size of a terminal until the engine has taken it, and then no more', async () => {
  refusals = 3;
  await start();
  await expect.poll(() => sizes).toEqual(['?h=21&w=80']);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(sizes).toHaveLength(1);
});

it('leaves the last word to whoever resizes it meanwhile', async () => {
  refusals = 2;
  const started = await start();
  refusals = 0;
  await started.resize({ columns: 70, rows: 20 });
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(sizes.at(-1)).toBe('?h=20&w=70');
});
