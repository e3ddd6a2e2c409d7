import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { CtError } from '../base/errors.ts';
import { printable } from '../base/text.ts';
import type { Paths } from '../host/paths.ts';
import { archOf } from '../sandbox/seccomp/calls.ts';
import type { SeccompFacts } from '../sandbox/seccomp/plan.ts';
import {
  DEFAULT_PROFILE,
  isProfilePath,
  seccompProfileNamed,
  UNCONFINED,
  type SeccompUse,
} from '../sandbox/seccomp/use.ts';

/** Where the filters that the engine reads lie, each under its digest. */
export function seccompDir(paths: Pick<Paths, 'dataDir'>): string {
  return `${paths.dataDir}/seccomp`;
}

/**
 * What the plan needs to know to choose a filter. Only a file of the user's, or a filter that is to
 * explain its denials, has to be made for that; the others are known by name.
 *
 * Errors: invalid_config for a file that is refused
 */
export async function seccompFacts(
  wish: string,
  explain: boolean,
  paths: Pick<Paths, 'dataDir'>,
): Promise<SeccompFacts> {
  const facts = { nodeArch: process.arch, dir: seccompDir(paths), made: undefined, doubts: [] };
  if (wish === UNCONFINED || !(explain || isProfilePath(wish))) return facts;
  const { makeSeccomp } = await import('./make-seccomp.ts');
  const { use, doubts } = makeSeccomp(wish, explain, facts.dir);
  return { ...facts, made: use, doubts };
}

/**
 * Makes sure that the file which the engine will read is there and is what its name says. It is read
 * and digested every time, which takes a tenth of a millisecond; the first time it is written.
 *
 * Errors: permission_denied when something else lies in its place
 */
export async function ensureSeccomp(use: SeccompUse, explain = false): Promise<void> {
  const found = digestAt(use.path);
  if (found === use.digest) return;
  if (found !== undefined) throw tampered(use.path, 'does not hold what its name says');
  const { writeSeccomp } = await import('./make-seccomp.ts');
  writeSeccomp(use, explain);
  if (digestAt(use.path) !== use.digest) throw tampered(use.path, 'changed while it was written');
}

/** The default profile, ready to be read by the engine: for containers that are no sessions. */
export async function ensureDefaultSeccomp(paths: Pick<Paths, 'dataDir'>): Promise<SeccompUse> {
  const use = seccompProfileNamed(DEFAULT_PROFILE, archOf(process.arch), seccompDir(paths));
  await ensureSeccomp(use);
  return use;
}

/** Digest of a file of ours that nobody else can write to; `undefined` when there is none. */
function digestAt(path: string): string | undefined {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw tampered(path, code === 'ELOOP' ? 'is a symbolic link' : `cannot be opened (${code})`);
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw tampered(path, 'is not a regular file');
    if (stat.uid !== process.getuid?.()) throw tampered(path, 'belongs to another account');
    if ((stat.mode & 0o022) !== 0) throw tampered(path, 'can be written to by other accounts');
    return createHash('sha256').update(readFileSync(fd)).digest('hex');
  } finally {
    closeSync(fd);
  }
}

function tampered(path: string, what: string): CtError {
  const shown = printable(path);
  return new CtError('permission_denied', `the seccomp filter ${shown} ${what}`, {
    hint: `somebody changed it: look at it, then remove it ('rm -f ${shown}'), and ct writes it again`,
    details: { file: path },
  });
}
