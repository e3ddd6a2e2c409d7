import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectTo, namedAddress } from '../../../src/engine/podman/discover.ts';

let dir: string;
let servers: Server[];
const caller = { uid: process.getuid?.() ?? 0 };

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ct-discover-'));
  servers = [];
});
afterEach(() => {
  for (const server of servers) server.close();
  rmSync(dir, { recursive: true, force: true });
});

async function listen(path: string): Promise<Server> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return server;
}

const at = (path: string) => ({ path, origin: 'test' });

describe('namedAddress', () => {
  it('takes the configuration before CONTAINER_HOST, and neither for none', () => {
    expect(namedAddress('/a/b.sock', 'unix:///c')?.path).toBe('/a/b.sock');
    expect(namedAddress('', 'unix:///c')).toEqual({ path: '/c', origin: 'CONTAINER_HOST' });
    expect(namedAddress('', undefined)).toBeUndefined();
    expect(namedAddress('', '')).toBeUndefined();
  });

  it.each(['ssh://user@host/run/podman.sock', 'tcp://127.0.0.1:2375', 'relative.sock', 'unix://x'])(
    'refuses %s',
    (text) => {
      expect(() => namedAddress('', text)).toThrow(
        expect.objectContaining({ code: 'unsupported' }),
      );
    },
  );
});

describe('connectTo', () => {
  it('connects to a socket that listens', async () => {
    const path = join(dir, 's');
    await listen(path);
    const socket = await connectTo(at(path), caller);
    expect(socket).toBeDefined();
    socket?.destroy();
  });

  it('connects although this process was busy for longer than it would wait', async () => {
    const path = join(dir, 's');
    await listen(path);
    const coming = connectTo(at(path), caller);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2_100);
    const socket = await coming;
    expect(socket).toBeDefined();
    socket?.destroy();
  });

  it('passes over a file that is not there and a socket that was left behind', async () => {
    expect(await connectTo(at(join(dir, 'no/such')), caller)).toBeUndefined();
    writeFileSync(join(dir, 'file'), '');
    expect(await connectTo(at(join(dir, 'file/s')), caller)).toBeUndefined();
    const { spawnSync } = await import('node:child_process');
    const stale = join(dir, 'stale');
    spawnSync(process.execPath, [
      '-e',
      `require('net').createServer().listen(${JSON.stringify(stale)}, () => process.kill(process.pid, 'SIGKILL'))`,
    ]);
    expect(await connectTo(at(stale), caller)).toBeUndefined();
  });

  it('refuses a file, a link, and a socket of somebody else', async () => {
    const real = join(dir, 'real');
    await listen(real);
    writeFileSync(join(dir, 'file'), '');
    symlinkSync(real, join(dir, 'link'));
    const refused = { code: 'permission_denied' };
    await expect(connectTo(at(join(dir, 'file')), caller)).rejects.toMatchObject(refused);
    await expect(connectTo(at(join(dir, 'link')), caller)).rejects.toMatchObject(refused);
    await expect(connectTo(at(real), { uid: caller.uid + 1 })).rejects.toThrow(
      `belongs to uid ${caller.uid}`,
    );
  });

  it('refuses a directory where everybody could replace it', async () => {
    const open = join(dir, 'open');
    mkdirSync(open);
    await listen(join(open, 's'));
    chmodSync(open, 0o777);
    await expect(connectTo(at(join(open, 's')), caller)).rejects.toMatchObject({
      code: 'permission_denied',
    });
    chmodSync(open, 0o1777);
    (await connectTo(at(join(open, 's')), caller))?.destroy();
  });
});
