import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  LEFT_OUT,
  SYSTEMD_GUEST,
  guestPackages,
  guestSuite,
  leftOutOf,
} from '../../setup/guest-facts.mjs';

test('tests each Debian beside the one with the other Podman', () => {
  expect(guestSuite('bookworm')).toBe('trixie');
  expect(guestSuite('trixie')).toBe('bookworm');
});

test("takes Node from the guest's own packages only where it is new enough", () => {
  expect(guestPackages('trixie')).toContain('nodejs');
  expect(guestPackages('bookworm')).not.toContain('nodejs');
});

test('gives the Debian that is booted what it takes to boot', () => {
  expect(guestPackages(SYSTEMD_GUEST)).toContain('systemd-sysv');
});

test('says of each file that it leaves out why, and of none in another project', () => {
  for (const path of Object.keys(LEFT_OUT)) {
    expect(existsSync(path)).toBe(true);
    expect(leftOutOf('integration')).toContain(path);
  }
  expect(leftOutOf('systemd')).toContain('"skipped":[]');
});
