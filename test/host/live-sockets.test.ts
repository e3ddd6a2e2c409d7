import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listeningPaths, liveSocketsIn } from '../../src/host/live-sockets.ts';

const listen = async (path: string): Promise<Server> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, () => resolve()));
  return server;
};

describe('sockets of the host in a directory', () => {
  it('are those that somebody listens on, at any depth, and no other files', async () => {
    const dir = realpathSync(mkdtempSync(join(tmpdir(), 'ct-sockets-')));
    const beside = await listen(`${dir}-beside`);
    writeFileSync(join(dir, 'file'), '');
    expect(liveSocketsIn(dir)).toEqual([]);
    const server = await listen(join(dir, 'a b.sock'));
    expect(liveSocketsIn(dir)).toEqual([join(dir, 'a b.sock')]);
    symlinkSync(dir, `${dir}-link`);
    const linked = await listen(`${dir}-link/z.sock`);
    expect(liveSocketsIn(dir)).toEqual([join(dir, 'a b.sock'), join(dir, 'z.sock')]);
    await new Promise((resolve) => linked.close(resolve));
    for (const one of [server, beside]) await new Promise((resolve) => one.close(resolve));
    expect(liveSocketsIn(dir)).toEqual([]);
  });

  it('may be known by a relative path, which leads nowhere else', async () => {
    const dir = realpathSync(mkdtempSync(join(tmpdir(), 'ct-sockets-')));
    const script =
      "import socket,sys\nfor p in ('in.sock','../'+sys.argv[1]):\n  s=socket.socket(socket.AF_UNIX); s.bind(p); s.listen(); globals()[p]=s\nprint('up',flush=True); sys.stdin.read()";
    const child = spawn('python3', ['-c', script, `${basename(dir)}-out.sock`], { cwd: dir });
    await once(child.stdout, 'data');
    expect(liveSocketsIn(dir)).toEqual([join(dir, 'in.sock')]);
    child.stdin.end();
    await once(child, 'exit');
  });

  it('are read from the kernel’s table: those that listen, by path', () => {
    const table = `Num       RefCount Protocol Flags    Type St Inode Path
0000000000000000: 00000002 00000000 00010000 0001 01 14412 /run/a.sock
0000000000000000: 00000003 00000000 00000000 0001 03 99999 /run/connected.sock
0000000000000000: 00000002 00000000 00010000 0001 01     7 @abstract
0000000000000000: 00000002 00000000 00010000 0005 01 123456 dir/rel ative
0000000000000000: 00000002 00000000 00010000 0001 01 14413
`;
    expect(listeningPaths(table)).toEqual(['/run/a.sock', 'dir/rel ative']);
  });
});
