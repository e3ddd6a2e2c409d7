import { expect, test } from 'vitest';
import { planDevices } from '../../setup/devices.mjs';

test('leaves devices alone that everyone may use', () => {
  expect(planDevices(() => ({ mode: 0o20666 }))).toEqual([]);
});

test('opens a closed device and makes a missing one, and neither is a must', () => {
  const changes = planDevices((path) => (path === '/dev/fuse' ? { mode: 0o20600 } : undefined));
  expect(changes.map(({ commands }) => commands)).toEqual([
    [
      ['mkdir', '-p', '/dev/net'],
      ['mknod', '-m', '666', '/dev/net/tun', 'c', '10', '200'],
    ],
    [['chmod', '666', '/dev/fuse']],
  ]);
  expect(changes.every(({ optional }) => optional)).toBe(true);
});
