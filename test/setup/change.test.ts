import { expect, test } from 'vitest';
import { requirePrivilege, showChange, showCommand } from '../../setup/change.mjs';
import type { SetupError } from '../../setup/say.mjs';

const host = { privilege: 'none', user: 'bob', name: 'Debian 12', codename: 'bookworm' } as const;
const change = { text: 'install packages: runc', commands: [['apt-get', 'install', 'runc']] };

test('quotes for a shell what needs it', () => {
  expect(showCommand(['usermod', '--add-subuids', '1-2', "o'neil x"])).toBe(
    `usermod --add-subuids 1-2 'o'\\''neil x'`,
  );
});

test('shows input as part of the line', () => {
  const line = showChange({ text: '', input: 'a b\n', commands: [['tee', '-a', '/etc/hosts']] });
  expect(line).toEqual([`printf %s 'a b\n' | tee -a /etc/hosts`]);
});

test('gives an ordinary user without sudo the lines for an administrator', () => {
  try {
    requirePrivilege(host, [change]);
    expect.unreachable();
  } catch (error) {
    expect((error as SetupError).next).toContain('apt-get install runc');
  }
});

test('goes on without root when all that needs it is optional', () => {
  requirePrivilege(host, [{ ...change, optional: true }]);
});
