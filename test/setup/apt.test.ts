import { expect, test } from 'vitest';
import { missingIn, planPackages } from '../../setup/apt.mjs';

test('counts a package as missing unless dpkg says it is installed', () => {
  const listing = 'podman installed\nrunc config-files\n';
  expect(missingIn(listing, ['podman', 'runc', 'crun'])).toEqual(['runc', 'crun']);
});

test('plans nothing, not even an update, when nothing is missing', () => {
  expect(planPackages([])).toEqual([]);
});

test('updates the lists before it installs', () => {
  expect(planPackages(['runc'])[0]?.commands).toEqual([
    ['apt-get', 'update'],
    ['apt-get', 'install', '-y', '--no-install-recommends', 'runc'],
  ]);
});
