import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Traffic } from '../../src/gateway/traffic.ts';

/** A program that tries to send something; that rules refuse it is seen in network.test.ts, by real sessions. */
const SCRIPT = `echo ready
while read -r word; do { exec 3<>/dev/udp/198.51.100.9/9; } 2>/dev/null; echo tried; done`;

let inside: ChildProcessWithoutNullStreams;
let traffic: Traffic;
beforeEach(async () => {
  inside = spawn('unshare', ['--user', '--map-root-user', '--net', 'bash', '-c', SCRIPT]);
  await once(inside.stdout, 'data');
  traffic = new Traffic(inside.pid ?? 0);
});
afterEach(() => {
  traffic.close();
  inside.kill('SIGKILL');
});

it('is none in a namespace in which nothing was sent, also when its programs have ended', async () => {
  expect(traffic.isNone).toBe(true);
  inside.stdin.end();
  await once(inside, 'exit');
  expect(traffic.isNone).toBe(true);
});

it('is seen when something was tried, also when its programs have ended', async () => {
  inside.stdin.write('send\n');
  await once(inside.stdout, 'data');
  expect(traffic.isNone).toBe(false);
  inside.stdin.end();
  await once(inside, 'exit');
  expect(traffic.isNone).toBe(false);
});

it('is not excluded where nobody can look', () => {
  const unseen = new Traffic(2 ** 22 + 1);
  expect(unseen.isNone).toBe(false);
  unseen.close();
});
