import { execFile, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { adopt, hold } from '../../../src/gateway/owner/client.ts';
import { servedFile } from '../../../src/gateway/owner/place.ts';
import { Owner } from '../../../src/gateway/owner/server.ts';
import type { ServeWish } from '../../../src/gateway/served-session.ts';

/** Asks the resolver inside for a name that the policy does not have: whether anybody answers. */
const ASK = `const socket = require('node:dgram').createSocket('udp4');
  const query = '1234 0100 0001 0000 0000 0000 01 61 04 74657374 00 0001 0001'.replaceAll(' ', '');
  const end = (word) => { console.log(word); process.exit(); };
  socket.on('message', () => end('answered')).on('error', () => end('refused'));
  // Only a connected one is told that nobody listens.
  socket.connect(53, '127.0.0.1', () => socket.send(Buffer.from(query, 'hex')));
  setTimeout(() => end('silence'), Number(process.argv[1]));`;

let runtimeDir: string;
let inside: ChildProcessWithoutNullStreams;
let owner: Owner | undefined;
beforeEach(async () => {
  runtimeDir = mkdtempSync(join(tmpdir(), 'ct-hold-'));
  const script = ['--user', '--map-root-user', '--net', 'bash', '-c', 'echo ready; read'];
  inside = spawn('unshare', script);
  await once(inside.stdout, 'data');
  owner = await Owner.open({ runtimeDir, stateDir: `${runtimeDir}/state`, env: process.env });
});
afterEach(async () => {
  inside.kill('SIGKILL');
  await owner?.leave();
  rmSync(runtimeDir, { recursive: true });
});

const wish = (): ServeWish => ({
  session: 'a1b2',
  agent: 'shell',
  pid: inside.pid ?? 0,
  published: [],
  isWatched: true,
  policy: {
    schema: 1,
    mode: 'strict',
    ...{ allow: [], block: [], ports: [443], allowPrivate: [], hostServices: {} },
  },
});

const isServed = (): boolean => existsSync(servedFile(runtimeDir, 'a1b2'));

/** What comes of a question inside. `ms` to wait for it */
async function asked(ms: number): Promise<string> {
  const enter = ['-t', String(inside.pid), '-U', '-n', '--preserve-credentials'];
  const ask = [process.execPath, '-e', ASK, String(ms)];
  return (await promisify(execFile)('nsenter', [...enter, ...ask])).stdout.trim();
}

describe('a network that is held', () => {
  it('is made, leads nowhere before the word, and is served after it', async () => {
    const held = await hold(runtimeDir, wish());
    // The sockets are there, or the kernel would refuse; nobody reads what they get.
    await expect.poll(() => asked(300), { timeout: 20_000 }).toBe('silence');
    expect(isServed()).toBe(false);
    const adopted = await held?.serve();
    expect(isServed()).toBe(true);
    expect(await asked(20_000)).toBe('answered');
    inside.kill('SIGKILL');
    await once(inside, 'exit');
    await adopted?.finish();
    expect(isServed()).toBe(false);
  });

  it('goes when its asker does, and nothing is remembered of it', async () => {
    const held = await hold(runtimeDir, wish());
    await expect.poll(() => asked(300), { timeout: 20_000 }).toBe('silence');
    held?.drop();
    await expect.poll(() => asked(300), { timeout: 20_000 }).toBe('refused');
    expect(isServed()).toBe(false);
    await expect.poll(() => owner?.isEmpty).toBe(true);
  });

  it('is nothing that waits when the session is served already', async () => {
    const first = await adopt(runtimeDir, wish());
    const held = await hold(runtimeDir, wish());
    expect(await held?.serve()).toBeDefined();
    held?.drop();
    first?.release();
  });

  it('says at the word why it could not be made', async () => {
    const held = await hold(runtimeDir, { ...wish(), pid: 2 ** 22 + 1 });
    await expect(held?.serve()).rejects.toMatchObject({ code: 'not_found' });
    expect(isServed()).toBe(false);
  });

  it('is refused by one that has other proxies', async () => {
    const held = await hold(runtimeDir, wish(), 'others');
    await expect(held?.serve()).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('is left to others by one that leaves meanwhile', async () => {
    const held = await hold(runtimeDir, wish());
    await expect.poll(() => asked(300), { timeout: 20_000 }).toBe('silence');
    await owner?.leave();
    expect(await held?.serve()).toBeUndefined();
    expect(isServed()).toBe(false);
  });

  it('has nobody to ask where nobody serves', async () => {
    await owner?.leave();
    expect(await hold(runtimeDir, wish())).toBeUndefined();
  });
});
