import { describe, expect, it } from 'vitest';
import {
  checkProjectPlace,
  isWithin,
  privatePlaces,
  type ProjectCandidate,
} from '../../src/sandbox/refused-places.ts';

const home = '/home/me';
const places = privatePlaces({
  home,
  ctDirs: ['/home/me/.config/ct', '/run/user/1000/ct'],
  sockets: ['/work/run/podman'],
});
const base = { ownerUid: 1000, uid: 1000, home, places, allowedRoots: [] };

function isRefused(dir: string, other: Partial<ProjectCandidate> = {}): boolean {
  try {
    checkProjectPlace({ ...base, dir, ...other });
    return false;
  } catch (thrown) {
    expect(thrown).toMatchObject({ code: 'permission_denied' });
    return true;
  }
}

/** A generator whose numbers are the same in every run. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ;) yield (state = (state * 1_103_515_245 + 12_345) % 2 ** 31);
}

describe('checkProjectPlace', () => {
  it.each([
    ...[
      '/',
      '/home',
      '/home/me',
      '/tmp',
      '/proc',
      '/proc/self',
      '/sys',
      '/dev/shm',
      '/etc/x',
      '/run',
    ],
    ...['/run/user/1000/x', '/usr/local/src', '/var/lib/x', '/root/x', '/home/me/.ssh'],
    ...[
      '/home/me/.ssh/sub',
      '/home/me/.gnupg',
      '/home/me/.aws',
      '/home/me/.kube',
      '/home/me/.docker',
    ],
    ...['/home/me/.config', '/home/me/.config/ct', '/home/me/.config/ct/x', '/home/me/.local'],
    ...[
      '/home/me/.config/gcloud',
      '/home/me/.mozilla/firefox',
      '/work/run/podman',
      '/work/run',
      '/work',
    ],
  ])('refuses %s', (dir) => expect(isRefused(dir)).toBe(true));

  it.each([
    ...[
      '/home/me/app',
      '/home/me/.dotfiles',
      '/home/me/.sshx',
      '/tmp/x',
      '/var/tmp/x',
      '/var/www/x',
    ],
    ...['/opt/app', '/srv/app', '/workx/app', '/home/me/.config/nvim', '/home/me/etc', '/etcetera'],
  ])('takes %s', (dir) => expect(isRefused(dir)).toBe(false));

  it('takes a home below a system directory, and what is in it', () => {
    expect(isRefused('/var/lib/me/app', { home: '/var/lib/me', places: [] })).toBe(false);
    expect(isRefused('/var/lib/me', { home: '/var/lib/me', places: [] })).toBe(true);
  });

  it('refuses what belongs to somebody else, unless a root allows it', () => {
    expect(isRefused('/srv/app', { ownerUid: 0 })).toBe(true);
    expect(isRefused('/srv/app', { ownerUid: 0, allowedRoots: ['/srv/app'] })).toBe(false);
  });

  it('refuses what is outside the roots, and the refused ones though a root allows them', () => {
    expect(isRefused('/srv/other', { allowedRoots: ['/srv/app'] })).toBe(true);
    expect(isRefused('/srv/app2', { allowedRoots: ['/srv/app'] })).toBe(true);
    for (const dir of ['/', '/etc', home, `${home}/.ssh`]) {
      expect(isRefused(dir, { allowedRoots: ['/', dir] })).toBe(true);
    }
  });

  it('refuses every directory in, and every one around, every private place', () => {
    const random = numbers(7);
    for (let count = 0; count < 2000; count++) {
      const place = places[random.next().value % places.length] ?? '';
      const parts = place.split('/').slice(1);
      const above = `/${parts.slice(0, 1 + (random.next().value % parts.length)).join('/')}`;
      const below = `${place}/${(random.next().value % 1000).toString(36)}/x`;
      expect([above, isRefused(above)]).toEqual([above, true]);
      expect([below, isRefused(below)]).toEqual([below, true]);
    }
  });

  it('never lets a longer list of roots or a shorter list of places refuse more', () => {
    const random = numbers(11);
    const pick = () =>
      `/${['home/me', 'srv', 'opt', 'x'][random.next().value % 4]}/${random.next().value % 4}`;
    for (let count = 0; count < 1000; count++) {
      const [dir, first, second] = [pick(), pick(), pick()];
      const narrow = isRefused(dir, { allowedRoots: [first], places: [second] });
      const wide = isRefused(dir, { allowedRoots: [first, pick()], places: [] });
      if (!narrow) expect(wide).toBe(false);
    }
  });
});

describe('isWithin', () => {
  it.each([
    ['/a', '/a', true],
    ['/a/b', '/a', true],
    ['/ab', '/a', false],
    ['/a', '/a/b', false],
    ['/a', '/', true],
  ])('%s in %s: %s', (path, root, expected) => expect(isWithin(path, root)).toBe(expected));
});
