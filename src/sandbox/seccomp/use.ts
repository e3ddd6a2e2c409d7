import { CtError } from '../../base/errors.ts';
import { nearestWord } from '../../base/suggest.ts';
import { printable } from '../../base/text.ts';
import type { Arch } from './calls.ts';
import { PROFILE_DIGESTS } from './digests.ts';

/** The filter of a sandbox. `undefined` in its place means none at all. */
export interface SeccompUse {
  /** One of ct's own, or the path of the user's file */
  readonly name: string;
  /** SHA-256 of the file that the engine reads, in hex */
  readonly digest: string;
  /** Host path of that file, which bears the digest in its name */
  readonly path: string;
}

/** One of ct's own profiles. */
export type ProfileName = keyof typeof PROFILE_DIGESTS;

/** ct's own profiles, narrowest first. */
export const PROFILE_NAMES = Object.keys(PROFILE_DIGESTS) as readonly ProfileName[];

/** What sessions have unless the user says otherwise. */
export const DEFAULT_PROFILE: ProfileName = 'default';

/** The word for no filter at all. */
export const UNCONFINED = 'unconfined';

/** Whether a wish is one for a file rather than a name. */
export function isProfilePath(wish: string): boolean {
  return wish.includes('/');
}

/** Whether `name` is one of ct's own profiles. */
export function isProfileName(name: string): name is ProfileName {
  return Object.hasOwn(PROFILE_DIGESTS, name);
}

/** One of ct's own profiles as a session uses it: a lookup in a table, no file is read. */
export function seccompProfileNamed(name: ProfileName, arch: Arch, dir: string): SeccompUse {
  const digest = PROFILE_DIGESTS[name][arch];
  return { name, digest, path: profilePath(dir, digest) };
}

/** Where the filter with this digest lies below ct's own directory for them. */
export function profilePath(dir: string, digest: string): string {
  return `${dir}/${digest}.json`;
}

/** The use as labels and tables show it: name, `@`, and the digest's beginning. */
export function renderSeccomp(use: SeccompUse | undefined): string {
  if (use === undefined) return UNCONFINED;
  const name = isProfilePath(use.name) ? 'file' : use.name;
  return `${name}@${use.digest.slice(0, 12)}`;
}

/** The error for a word that is neither a profile's name nor a path. */
export function unknownProfile(wish: string): CtError {
  const near = nearestWord(wish, [...PROFILE_NAMES, UNCONFINED]);
  return new CtError('invalid_argument', `there is no seccomp profile '${printable(wish)}'`, {
    hint:
      near !== undefined
        ? `did you mean '${near}'?`
        : `profiles: ${PROFILE_NAMES.join(', ')}; or the path of a file, with a / in it`,
  });
}
