import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { Inbound, type SocketSource } from '../../src/gateway/inbound.ts';
import { freePort } from '../support/free-port.ts';

it('asks nothing of a session that is over, and closes what comes from it late', async () => {
  let calls = 0;
  let bring = (_sockets: Awaited<ReturnType<SocketSource>>): void => undefined;
  let isAsked = (): void => undefined;
  const asked = new Promise<void>((resolve) => (isAsked = resolve));
  const source: SocketSource = () => {
    calls += 1;
    if (calls === 1) return Promise.resolve({ v4: [], v6: [] });
    isAsked();
    return new Promise((resolve) => (bring = resolve));
  };
  const hostPort = await freePort();
  const inbound = await Inbound.open([{ hostAddress: '127.0.0.1', hostPort, port: 1 }], source);
  const outside = connect(hostPort, '127.0.0.1').on('error', () => undefined);
  const isOver = new Promise((resolve) => outside.once('close', resolve));
  await asked;
  inbound.close();
  let closed = 0;
  const late = { close: () => (closed += 1) } as never;
  bring({ v4: [late, late], v6: [late] });
  await isOver;
  await expect.poll(() => closed).toBe(3);
  expect(calls).toBe(2);
});
