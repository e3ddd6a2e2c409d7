import { CtError } from '../base/errors.ts';
import { printable } from '../base/text.ts';

/** A directory somebody wants for a project, with what there is to judge it by. Paths are resolved. */
export interface ProjectCandidate {
  readonly dir: string;
  readonly ownerUid: number;
  readonly uid: number;
  readonly home: string;
  /** What no agent may see: `privatePlaces`, each as named and as resolved */
  readonly places: readonly string[];
  /** Directories that projects may be in, from the configuration; empty: anywhere that is not refused */
  readonly allowedRoots: readonly string[];
}

/** Directories of a home that hold credentials or what programs of the host execute. */
const PRIVATE_IN_HOME = [
  ...['.ssh', '.gnupg', '.aws', '.azure', '.kube', '.docker', '.password-store', '.pki'],
  ...[
    '.mozilla',
    '.thunderbird',
    '.config/google-chrome',
    '.config/chromium',
    '.config/microsoft-edge',
  ],
  ...['.config/BraveSoftware', '.config/gcloud', '.config/gh', '.config/op', '.config/containers'],
  ...['.config/systemd', '.config/autostart', '.local/share/keyrings', '.local/share/containers'],
  ...['.local/bin', 'bin', 'snap', '.var/app'],
];

/** Directories of the system; nothing of theirs is anybody's project. */
const SYSTEM = [
  ...['/proc', '/sys', '/dev', '/run', '/etc', '/boot', '/usr', '/bin', '/sbin', '/lib', '/lib32'],
  ...[
    '/lib64',
    '/libx32',
    '/snap',
    '/lost+found',
    '/var/run',
    '/var/lib',
    '/var/log',
    '/var/cache',
  ],
  ...['/var/spool', '/var/mail', '/var/lock', '/nix/store', '/root'],
];

/** Directories that many share: what is in them may be a project, they themselves may not. */
const SHARED = [
  '/',
  '/home',
  '/tmp',
  '/var',
  '/var/tmp',
  '/opt',
  '/srv',
  '/mnt',
  '/media',
  '/data',
];

/**
 * Places that neither are, nor are in, nor contain a project. `ctDirs` are ct's own, `sockets` those of
 * engines and key agents: what is beside a socket is as private as it is.
 */
export function privatePlaces(input: {
  readonly home: string;
  readonly ctDirs: readonly string[];
  readonly sockets: readonly string[];
}): readonly string[] {
  return [
    ...PRIVATE_IN_HOME.map((name) => `${input.home}/${name}`),
    ...input.ctDirs,
    ...input.sockets.filter((path) => path.startsWith('/')),
  ];
}

/**
 * Refuses a directory that must not be an agent's project.
 *
 * Errors: permission_denied, with the reason
 * Source: SECURITY ESC-24, WS-08
 */
export function checkProjectPlace(candidate: ProjectCandidate): void {
  const { dir, uid, ownerUid, home, places, allowedRoots } = candidate;
  const isInHome = isWithin(dir, home) && dir !== home;
  const refusal = holdsMoreThanAProject(dir, home)
    ? 'it holds more than a project'
    : !isInHome && SYSTEM.some((place) => isWithin(dir, place))
      ? 'it belongs to the system'
      : reasonOfPlaces(dir, places);
  if (refusal !== undefined) throw refused(dir, refusal);
  if (allowedRoots.length > 0) {
    if (!allowedRoots.some((root) => isWithin(dir, root))) {
      throw refused(dir, 'it is in none of the allowed_roots of [project]');
    }
  } else if (ownerUid !== uid) {
    throw refused(dir, 'it belongs to somebody else', OWNER_HINT);
  }
}

/** Whether a directory is a home, holds one, or is one that many share. Both paths are resolved. */
export function holdsMoreThanAProject(dir: string, home: string): boolean {
  return SHARED.includes(dir) || isWithin(home, dir);
}

const OWNER_HINT =
  'if you trust what is in it, name it or a directory above it in allowed_roots of [project]';

function reasonOfPlaces(dir: string, places: readonly string[]): string | undefined {
  const around = places.find((place) => isWithin(dir, place));
  if (around !== undefined) return `${printable(around)} is private`;
  const inside = places.find((place) => isWithin(place, dir));
  return inside === undefined ? undefined : `${printable(inside)}, which is in it, is private`;
}

function refused(dir: string, why: string, hint?: string): CtError {
  return new CtError('permission_denied', `${printable(dir)} cannot be a project: ${why}`, {
    hint: hint ?? "change to your project's own directory and run the command again",
  });
}

/** Whether `path` is `root` or below it. */
export function isWithin(path: string, root: string): boolean {
  return root === '/' || path === root || path.startsWith(`${root}/`);
}
