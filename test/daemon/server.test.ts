import { lstatSync, mkdtempSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { CtError } from '../../src/base/errors.ts';
import { CT_VERSION } from '../../src/base/version.ts';
import { DaemonServer, type Handler } from '../../src/daemon/server.ts';
import { callDaemon } from '../../src/daemon/wire/call.ts';
import { daemonSocket } from '../../src/daemon/wire/place.ts';
import { readLine } from '../../src/host/lines.ts';

const open: DaemonServer[] = [];
const runtime = (): string => mkdtempSync(join(tmpdir(), 'ct-svc-'));
const SOON = { deadlineMs: 20_000 };

async function serve(
  runtimeDir: string,
  handlers: Readonly<Record<string, Handler>> = {},
  version = CT_VERSION,
): Promise<boolean> {
  const parts = { runtimeDir, version, handlers: new Map(Object.entries(handlers)) };
  const server = new DaemonServer(parts);
  const listens = await server.listen();
  if (listens) open.push(server);
  return listens;
}

afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

it('answers a method with what its handler says, and sees the client leave', async () => {
  const dir = runtime();
  let left = (): void => undefined;
  const gone = new Promise<void>((resolve) => (left = resolve));
  await serve(dir, {
    echo: async (params, { closed }) => {
      void closed.then(left);
      return { got: params };
    },
  });
  const answer = await callDaemon(dir, { method: 'echo', params: 'grüße' }, SOON);
  expect(answer?.result).toEqual({ got: 'grüße' });
  answer?.socket.destroy();
  await gone;
});

it('is a socket of the account alone, in a directory of its own', async () => {
  const dir = runtime();
  await serve(dir);
  expect(lstatSync(daemonSocket(dir)).mode & 0o777).toBe(0o600);
  expect(lstatSync(`${dir}/ct`).mode & 0o777).toBe(0o700);
});

it('carries what a handler throws', async () => {
  const dir = runtime();
  const thrown = new CtError('not_found', 'there is none', { hint: 'make one' });
  await serve(dir, { find: async () => Promise.reject(thrown) });
  await expect(callDaemon(dir, { method: 'find', params: null }, SOON)).rejects.toEqual(thrown);
  await expect(callDaemon(dir, { method: 'other', params: null }, SOON)).rejects.toMatchObject({
    code: 'unsupported',
  });
});

it('refuses a client of another version with the remedy', async () => {
  const dir = runtime();
  await serve(dir, { do: async () => 1, status: async () => 2 }, '9.9.9');
  await expect(callDaemon(dir, { method: 'do', params: null }, SOON)).rejects.toMatchObject({
    code: 'failed_precondition',
    hint: expect.stringContaining('ct daemon restart'),
  });
  expect((await callDaemon(dir, { method: 'status', params: null }, SOON))?.result).toBe(2);
});

it('lets nobody in without the key', async () => {
  const dir = runtime();
  await serve(dir, { do: async () => 1 });
  const socket = connect(daemonSocket(dir));
  socket.write(`${JSON.stringify({ v: 1, ct: CT_VERSION, key: 'x', method: 'do' })}\n`);
  expect(await readLine(socket, SOON.deadlineMs)).toMatchObject({
    error: { code: 'permission_denied' },
  });
  socket.destroy();
});

it('refuses a line that has no end', async () => {
  const dir = runtime();
  await serve(dir);
  const socket = connect(daemonSocket(dir));
  socket.on('error', () => undefined);
  const reply = readLine(socket, SOON.deadlineMs);
  socket.write('x'.repeat(5 * 1024 * 1024));
  expect(await reply).toMatchObject({ error: { code: 'invalid_argument' } });
  socket.destroy();
});

it('is one, however many start at once', async () => {
  const dir = runtime();
  const all = await Promise.all(Array.from({ length: 5 }, () => serve(dir)));
  expect(all.filter(Boolean)).toHaveLength(1);
});

it('replaces what a killed one left', async () => {
  const dir = runtime();
  await serve(dir);
  for (const server of open.splice(0)) await server.close();
  writeFileSync(daemonSocket(dir), '');
  expect(await callDaemon(dir, { method: 'status', params: null }, SOON)).toBeUndefined();
  expect(await serve(dir, { status: async () => 1 })).toBe(true);
  expect((await callDaemon(dir, { method: 'status', params: null }, SOON))?.result).toBe(1);
});

it('is nobody where nobody listens, and where who listens hangs up', async () => {
  const dir = runtime();
  const ask = () => callDaemon(dir, { method: 'status', params: null }, SOON);
  expect(await ask()).toBeUndefined();
  await serve(dir);
  for (const server of open.splice(0)) await server.close();
  const rude = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => rude.listen(daemonSocket(dir), resolve));
  expect(await ask()).toBeUndefined();
  await new Promise((resolve) => rude.close(resolve));
});
