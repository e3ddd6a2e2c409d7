import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmdirSync,
  statfsSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { CtError } from '../base/errors.ts';
import { PATHS } from '../base/layout.ts';
import type { SecretFile } from '../secrets/consumers.ts';

const DIRECTORY = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** Source: statfs(2) */
const TMPFS_MAGIC = 0x01_02_19_94;

/**
 * Writes files into a session's private tmpfs, from outside. A reader inside finds the old file or the new
 * one, whole. They belong to the agent, mode 0400, and are in memory only.
 *
 * What is inside may be hostile, and a link inside resolves on the host's side: so each directory is
 * opened by itself without following one, later steps go from what is open (`/proc/self/fd`, as openat(2)
 * does), and nothing is written unless the directory is the very tmpfs that the session's plan mounts.
 *
 * Errors: permission_denied when the place is not that; not_found when the session has ended;
 * resource_exhausted when the tmpfs is full
 * Source: proc_pid_root(5), path_resolution(7); CVE-2021-30465, CVE-2025-9566
 */
export function writeSecretFiles(pid: number, files: readonly SecretFile[]): void {
  inSecretsDir(pid, (dir, open) => {
    for (const { path, bytes } of files) {
      const [first = '', second] = path;
      const parent = second === undefined ? dir : open(madeDir(dir, first));
      replaceFile(parent, second ?? first, bytes);
    }
  });
}

/**
 * Takes files away that were written so; one that is gone is no error.
 *
 * Errors: as `writeSecretFiles`
 */
export function removeSecretFiles(pid: number, files: readonly Pick<SecretFile, 'path'>[]): void {
  inSecretsDir(pid, (dir, open) => {
    for (const { path } of files) {
      const [first = '', second] = path;
      if (second === undefined) removeIfThere(() => unlinkSync(at(dir, first)));
      else {
        removeIfThere(() => unlinkSync(at(open(at(dir, first)), second)));
        removeIfThere(() => rmdirSync(at(dir, first)));
      }
    }
  });
}

/** What else lies in a directory keeps it. */
function removeIfThere(remove: () => void): void {
  try {
    remove();
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTEMPTY') throw thrown;
  }
}

/** Works in the directory of secrets, opened from outside as `writeSecretFiles` says. */
function inSecretsDir(
  pid: number,
  work: (dir: number, open: (path: string) => number) => void,
): void {
  const opened: number[] = [];
  const open = (path: string): number => {
    const fd = openSync(path, DIRECTORY);
    opened.push(fd);
    return fd;
  };
  try {
    // Not O_NOFOLLOW: the kernel's own link is the way in.
    const root = openSync(`/proc/${pid}/root`, constants.O_RDONLY | constants.O_DIRECTORY);
    opened.push(root);
    const dir = PATHS.secretsDir
      .slice(1)
      .split('/')
      .reduce((parent, part) => open(at(parent, part)), root);
    checkIsOwnTmpfs(pid, dir);
    work(dir, open);
  } catch (thrown) {
    throw translated(thrown);
  } finally {
    for (const fd of opened) closeSync(fd);
  }
}

/** A name in a directory that is open. */
function at(fd: number, name: string): string {
  return `/proc/self/fd/${fd}/${name}`;
}

function madeDir(parent: number, name: string): string {
  const path = at(parent, name);
  try {
    mkdirSync(path, 0o700);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
  }
  return path;
}

function replaceFile(parent: number, name: string, bytes: Buffer): void {
  const temporary = at(parent, `.${name}.${randomBytes(6).toString('hex')}`);
  const fd = openSync(temporary, NEW_FILE, 0o400);
  try {
    // Whatever the umask is
    fchmodSync(fd, 0o400);
    for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done);
    renameSync(temporary, at(parent, name));
  } catch (thrown) {
    unlinkSync(temporary);
    throw thrown;
  } finally {
    closeSync(fd);
  }
}

/**
 * The directory must be a tmpfs, the one that is mounted there in the session's own mount namespace, and
 * not the host's.
 */
function checkIsOwnTmpfs(pid: number, dir: number): void {
  const { dev } = fstatSync(dir);
  const device = `${major(dev)}:${minor(dev)}`;
  const mounts = mountsAt(`/proc/${pid}/mountinfo`, PATHS.secretsDir);
  const isMount = mounts.at(-1) === `${device} / tmpfs`;
  const isHosts = mountsAt('/proc/self/mountinfo').some((line) => line.startsWith(`${device} `));
  if (isMount && !isHosts && statfsSync(at(dir, '.')).type === TMPFS_MAGIC) return;
  throw new CtError(
    'permission_denied',
    `${PATHS.secretsDir} of the session is not its own tmpfs: no secret was written`,
    { hint: "the image may be damaged: build it again with 'ct sys init --rebuild'" },
  );
}

/** `major:minor root type` of the mounts at a place, in the order of mounting. Source: proc_pid_mountinfo(5) */
function mountsAt(path: string, place?: string): string[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter((fields) => place === undefined || fields[4] === place)
    .map((fields) => `${fields[2]} ${fields[3]} ${fields[fields.indexOf('-') + 1]}`);
}

/** Source: makedev(3), the kernel's 12 + 20 bits */
function major(dev: number): number {
  return Number((BigInt(dev) >> 8n) & 0xfffn);
}

function minor(dev: number): number {
  const bits = BigInt(dev);
  return Number((bits & 0xffn) | ((bits >> 12n) & 0xfff00n));
}

function translated(thrown: unknown): unknown {
  const { code } = thrown as NodeJS.ErrnoException;
  if (code === 'ENOSPC') {
    return new CtError('resource_exhausted', `${PATHS.secretsDir} of the session is full`, {
      hint: 'the agent filled it: remove files there, or start a new session',
      cause: thrown,
    });
  }
  if (code === 'ELOOP' || code === 'ENOTDIR' || code === 'EACCES' || code === 'EISDIR') {
    return new CtError(
      'permission_denied',
      `something else is in the place of ${PATHS.secretsDir} in the session: no secret was written`,
      { hint: 'the agent, or its image, put it there', cause: thrown },
    );
  }
  if (code === 'ENOENT' || code === 'ESRCH') {
    return new CtError('not_found', 'the session has ended', { cause: thrown });
  }
  return thrown;
}
