import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listenAt } from '../../src/host/listen.ts';

let dir: string;
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), 'ct-listen-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const asIs = () => createServer((socket) => void socket.end('hello'));
/** Of a Node that shows no such inner function: `listen` of this one needs it itself */
function bare(): Server {
  const server = asIs();
  const { _listen2: inner } = server as unknown as Readonly<Record<string, unknown>>;
  let reads = 0;
  Object.defineProperty(server, '_listen2', { get: () => (reads++ === 0 ? undefined : inner) });
  return server;
}

describe.each([
  ['as Node has it', asIs],
  ['without the inner function', bare],
])('a server %s', (_name, makeServer) => {
  it.each(['path', 'abstract name'])(
    'listens at a %s, which nobody else can then',
    async (kind) => {
      const path =
        kind === 'path' ? join(dir, 's') : `\0ct-test-${process.pid}-${performance.now()}`;
      const [server, second] = [makeServer(), makeServer()];
      await listenAt(server, path);
      let said = '';
      for await (const chunk of connect(path)) said += String(chunk);
      expect(said).toBe('hello');
      await expect(listenAt(second, path)).rejects.toMatchObject({ code: 'EADDRINUSE' });
      await new Promise((resolve) => server.close(resolve));
      await listenAt(second, path);
      second.close();
    },
  );
});

describe('to listen', () => {
  it('goes on when a connection cannot be accepted', async () => {
    const server = asIs();
    await listenAt(server, join(dir, 's'));
    for (const _ of [1, 2]) expect(server.emit('error', new Error('accept EMFILE'))).toBe(true);
    server.close();
  });

  it('loads nothing of what this Node has for clusters', () => {
    const [program, bundle] = [join(dir, 'main.cjs'), join(dir, 'listen.cjs')];
    buildSync({
      ...{ entryPoints: ['src/host/listen.ts'], outfile: bundle, bundle: true },
      ...{ platform: 'node', format: 'cjs' },
    });
    writeFileSync(
      program,
      `const server = require('node:net').createServer();
       require('./listen.cjs').listenAt(server, ${JSON.stringify(join(dir, 's'))}).then(() => {
         server.close();
         console.log(process.moduleLoadList.filter((name) => name.includes('cluster')).length);
       });`,
    );
    expect(execFileSync(process.execPath, [program], { encoding: 'utf8' })).toBe('0\n');
  });
});
