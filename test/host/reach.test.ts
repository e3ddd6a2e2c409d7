import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { reach } from '../../src/host/reach.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ct-reach-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

it('connects to whoever listens, and outlives his going away', async () => {
  const path = join(dir, 'here.sock');
  const server = createServer((peer) => peer.destroy()).listen(path);
  const socket = await reach(path);
  expect(socket).toBeDefined();
  await new Promise((closed) => socket?.once('close', closed));
  server.close();
});

it('gives nothing where nobody listens', async () => {
  expect(await reach(join(dir, 'nobody.sock'))).toBeUndefined();
});
