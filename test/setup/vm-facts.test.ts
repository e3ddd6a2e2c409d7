import { expect, test } from 'vitest';
import {
  memoryObstacle,
  mergeReports,
  qemuCommand,
  rootDiskName,
  timeObstacle,
} from '../../setup/vm-facts.mjs';

const first = {
  ...{ passed: 2, failed: 1, failures: ['a: b'], unsteady: ['e: f'] },
  skipped: [{ name: 'c', reason: 'd' }],
};
const second = { passed: 3, failed: 0, failures: [], skipped: [] };

test('adds up what the boots reported, also as a serial line writes it', () => {
  const text = `${JSON.stringify(first)}\r\n\r\n${JSON.stringify(second)}\n`;
  expect(JSON.parse(mergeReports(text, 2))).toEqual({ ...first, passed: 5 });
});

test('gives no report where a boot gave none', () => {
  expect(mergeReports(`${JSON.stringify(first)}\n`, 2)).toBe('');
  expect(mergeReports('', 2)).toBe('');
  expect(mergeReports('{"passed":', 1)).toBe('');
});

test('names another root disk when what is laid down in it changes', () => {
  const name = rootDiskName({ '/etc/a': 'b' });
  expect(name).toMatch(/^vm-[0-9a-f]{12}$/u);
  expect(rootDiskName({ '/etc/a': 'b' })).toBe(name);
  expect(rootDiskName({ '/etc/a': 'c' })).not.toBe(name);
});

test('starts a machine without a network, whose disks keep nothing', () => {
  const words = qemuCommand('/vm');
  expect(words.slice(words.indexOf('-nic')).slice(0, 2)).toEqual(['-nic', 'none']);
  const drives = words.filter((word) => word.startsWith('if=virtio'));
  expect(drives.map((drive) => /file=(.*)$/u.exec(drive)?.[1])).toEqual([
    '/vm/root.img',
    '/vm/home.img',
    '/vm/tree.img',
  ]);
  for (const drive of drives) expect(drive).toContain('snapshot=on');
});

test('says how much memory is missing', () => {
  expect(memoryObstacle('MemTotal: 9000000 kB\nMemAvailable:    8388608 kB\n')).toBeUndefined();
  expect(memoryObstacle('MemAvailable:    1048576 kB\n')).toMatch(/\(1024 MiB are available\)$/u);
});

test('says so when a run has no time left for it', () => {
  expect(timeObstacle(39 * 60)).toBeUndefined();
  expect(timeObstacle(41 * 60 + 5)).toBe(
    'the others took 41 minutes, and a run has an hour; alone: npm run test:vm',
  );
});
