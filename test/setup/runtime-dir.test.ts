import { expect, test } from 'vitest';
import { planRuntimeDir } from '../../setup/runtime-dir.mjs';

const other = { name: 'ct', uid: 1001, gid: 1002, home: '/home/ct', isSelf: false };
const self = { ...other, isSelf: true };
const bare = {
  named: undefined,
  hasUserDir: false,
  hasSystemd: false,
  isRunTmpfs: false,
  hasSharedMemory: true,
};

test('changes nothing where a directory serves already', () => {
  const named = planRuntimeDir(self, { ...bare, named: '/run/x' });
  expect(named).toEqual({ text: '/run/x', changes: [] });
  const user = planRuntimeDir(other, { ...bare, hasUserDir: true });
  expect(user).toEqual({ text: '/run/user/1001', changes: [] });
});

test('asks systemd for a lasting one for an account that nobody logs in to', () => {
  const { changes } = planRuntimeDir(other, { ...bare, hasSystemd: true });
  expect(changes[0]?.commands).toEqual([['loginctl', 'enable-linger', 'ct']]);
});

test('leaves it to ct where shared memory serves', () => {
  expect(planRuntimeDir(self, bare)).toMatchObject({
    text: '/dev/shm/ct-run-1001, made by ct itself',
    changes: [],
  });
  expect(planRuntimeDir(other, bare)).toMatchObject({
    text: '/dev/shm/ct-run-1001, made by ct itself',
    changes: [],
  });
});

test('makes a private one where /run goes with a reboot, or where nothing else serves', () => {
  for (const facts of [
    { ...bare, isRunTmpfs: true },
    { ...bare, hasSharedMemory: false },
  ]) {
    const { changes } = planRuntimeDir(other, facts);
    expect(changes[0]?.commands.at(-1)).toEqual([
      'install',
      '-d',
      '-m',
      '0700',
      '-o',
      '1001',
      '-g',
      '1002',
      '/run/user/1001',
    ]);
  }
});
