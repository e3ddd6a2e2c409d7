import { CtError } from '../base/errors.ts';
import { printable } from '../base/text.ts';
import { readData } from '../host/assets.ts';
import { writeFileAtomic } from '../host/files.ts';
import { readProfileFile } from '../host/profile-file.ts';
import { archOf, parseCallTable, type CallTable } from '../sandbox/seccomp/calls.ts';
import {
  checkedPolicy,
  filterOf,
  makeFilter,
  type MadeFilter,
} from '../sandbox/seccomp/catalogue.ts';
import { explained } from '../sandbox/seccomp/explain.ts';
import { checkedOci } from '../sandbox/seccomp/oci.ts';
import type { Policy } from '../sandbox/seccomp/policy.ts';
import { isOwnFormat, type Profile } from '../sandbox/seccomp/profile.ts';
import {
  isProfileName,
  isProfilePath,
  profilePath,
  unknownProfile,
  type SeccompUse,
} from '../sandbox/seccomp/use.ts';

/** A filter, and what it will be called. */
export interface MadeSeccomp {
  readonly use: SeccompUse;
  readonly made: MadeFilter;
  /** `undefined` for a file in the engines' form */
  readonly policy: Policy | undefined;
  /** What looks wrong in a file of the user's without being refused */
  readonly doubts: readonly string[];
}

/**
 * Makes the filter for a profile's name or for a file, whose path must be absolute.
 *
 * Errors: invalid_config for a file that is refused, with its name and the reason
 */
export function makeSeccomp(wish: string, explain: boolean, dir: string): MadeSeccomp {
  const plain = isProfilePath(wish) ? filterOfFile(wish) : filterOfPolicy(ownPolicy(wish));
  const made = explain ? makeFilter(explained(plain.made.filter)) : plain.made;
  const { digest } = made;
  return { use: { name: wish, digest, path: profilePath(dir, digest) }, ...plain, made };
}

/**
 * Writes the filter that a use names.
 *
 * Errors: failed_precondition when its file has changed since it was planned
 */
export function writeSeccomp({ name, digest, path }: SeccompUse, explain: boolean): void {
  const { made } = makeSeccomp(name, explain, '');
  if (made.digest !== digest) throw otherDigest(name);
  writeFileAtomic(path, made.text, 0o400);
}

function otherDigest(name: string): CtError {
  return isProfilePath(name)
    ? new CtError('failed_precondition', `${printable(name)} was changed just now`, {
        hint: 'run the command again',
      })
    : new CtError('internal', `the seccomp profile ${name} is not the one that ct was made with`, {
        hint: "its file in ct's directory seccomp was changed: install ct again, or use --seccomp PATH",
      });
}

/** One of ct's own profiles, resolved. Errors: invalid_argument for a name that there isn't */
export function ownPolicy(name: string): Policy {
  return checkedPolicy(ownProfile(name), `seccomp/${name}.json`, ownProfile, callTable());
}

/** One of ct's own profiles as it is written. */
export function ownProfile(name: string): Profile {
  if (!isProfileName(name)) throw unknownProfile(name);
  return JSON.parse(readData('seccomp', `${name}.json`)) as Profile;
}

let table: CallTable | undefined;

/** The table of calls, read once. */
export function callTable(): CallTable {
  return (table ??= parseCallTable(readData('seccomp', 'syscalls.json')));
}

type Filter = Omit<MadeSeccomp, 'use'>;

function filterOfPolicy(policy: Policy): Filter {
  return { made: filterOf(policy, archOf(process.arch), callTable()), policy, doubts: [] };
}

function filterOfFile(path: string): Filter {
  const document = readProfileFile(path);
  if (isOwnFormat(document)) {
    return filterOfPolicy(checkedPolicy(document, path, ownProfile, callTable()));
  }
  const { filter, doubts } = checkedOci(document, path, archOf(process.arch), callTable());
  return { made: makeFilter(filter), policy: undefined, doubts };
}
