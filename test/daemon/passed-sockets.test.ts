import { expect, it } from 'vitest';
import { takePassedSockets } from '../../src/daemon/passed-sockets.ts';

it('has the descriptors that systemd passed, once', () => {
  const env = { LISTEN_PID: '42', LISTEN_FDS: '2', LISTEN_FDNAMES: 'a:b', HOME: '/h' };
  expect(takePassedSockets(env, 42)).toEqual([3, 4]);
  expect(env).toEqual({ HOME: '/h' });
  expect(takePassedSockets(env, 42)).toEqual([]);
});

it.each([
  ['another process', { LISTEN_PID: '41', LISTEN_FDS: '1' }],
  ['nothing', {}],
  ['a word', { LISTEN_PID: '42', LISTEN_FDS: 'x' }],
])('has none that were meant for %s', (_what, env) => {
  expect(takePassedSockets({ ...env }, 42)).toEqual([]);
});
