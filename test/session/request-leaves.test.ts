import { mkdtempSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { requestLeaves } from '../../src/session/request-leaves.ts';

/** Tells when something came, on the clock of the machine: this thread is busy by then. */
const ENGINE = `
const { parentPort, workerData } = require('node:worker_threads');
require('node:net').createServer((socket) => {
  socket.once('data', () => parentPort.postMessage(process.hrtime.bigint()));
}).listen(workerData, () => parentPort.postMessage('ready'));`;

const BUSY_MS = 60;

describe('a request', () => {
  it('is at the engine before the work that follows begins, over a connection that is made for it', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'ct-leaves-')), 's');
    const engine = new Worker(ENGINE, { eval: true, workerData: path });
    const next = () => new Promise<unknown>((resolve) => engine.once('message', resolve));
    await next();
    const came = next();
    const socket: Socket = connect(path, () => socket.write('request'));
    await requestLeaves();
    const begun = process.hrtime.bigint();
    while (process.hrtime.bigint() - begun < BigInt(BUSY_MS) * 1_000_000n);
    expect(Number(((await came) as bigint) - begun) / 1e6).toBeLessThan(BUSY_MS);
    socket.destroy();
    await engine.terminate();
  });
});
