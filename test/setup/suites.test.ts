import { expect, test } from 'vitest';
import { suitesFor } from '../../setup/suites.mjs';

const names = (codename: string): readonly string[] => suitesFor(codename).map(({ name }) => name);

test('runs each suite after the one whose work it uses', () => {
  expect(names('bookworm')).toEqual([
    'integration',
    'integration:containerd',
    'root',
    'host:trixie',
    'host:systemd',
    'host:vm',
    'unit',
    'lint',
    'types',
  ]);
  expect(names('trixie')).toContain('host:bookworm');
});

test('names the reason where root cannot be had', async () => {
  const host = { privilege: 'none', user: 'ann', name: 'Debian 12', codename: 'bookworm' } as const;
  const account = { name: 'ann', uid: 1000, gid: 1000, home: '/home/ann', isSelf: true };
  const needing = suitesFor('bookworm').filter(({ name }) => /^(?:root|host:)/u.test(name));
  expect(needing.length).toBe(4);
  for (const { name, obstacle } of needing) {
    expect(await obstacle?.({ host, account }), name).toMatch(/needs root/u);
  }
});
