import { createHash } from 'node:crypto';
import { CtError } from '../../base/errors.ts';
import { printable } from '../../base/text.ts';
import type { Arch, CallTable } from './calls.ts';
import { compilePolicy, renderOci, type OciSeccomp } from './compile.ts';
import { lintProfile } from './lint.ts';
import { resolvePolicy, type Policy, type ProfileSource } from './policy.ts';
import { shapeFaults, type Profile, type ProfileFault } from './profile.ts';

/** A filter as it goes to disk. */
export interface MadeFilter {
  readonly filter: OciSeccomp;
  readonly text: string;
  /** SHA-256 of the text, in hex */
  readonly digest: string;
}

/** The text of a filter with its digest. */
export function makeFilter(filter: OciSeccomp): MadeFilter {
  const text = renderOci(filter);
  return { filter, text, digest: createHash('sha256').update(text).digest('hex') };
}

/**
 * A profile of our format out of a text that was parsed: complete, linted, resolved.
 *
 * Errors: invalid_config with `file` and the first faults
 */
export function checkedPolicy(
  document: unknown,
  file: string,
  source: ProfileSource,
  table: CallTable,
): Policy {
  const shape = shapeFaults(document);
  if (shape.length > 0) throw refuseProfile(file, shape);
  const profile = document as Profile;
  const faults = lintProfile(profile, source, table);
  if (faults.length > 0) throw refuseProfile(file, faults);
  return resolvePolicy(profile, source);
}

/** Compiles for one processor. */
export function filterOf(policy: Policy, arch: Arch, table: CallTable): MadeFilter {
  return makeFilter(compilePolicy(policy, arch, table));
}

/** The error for a profile with faults: the file, and the first of them. */
export function refuseProfile(file: string, faults: readonly ProfileFault[]): CtError {
  const [first] = faults;
  const more = faults.length > 1 ? `\nand ${faults.length - 1} more after it` : '';
  return new CtError(
    'invalid_config',
    `seccomp profile ${printable(file)}: ${first?.where ?? ''} ${first?.what ?? 'is wrong'}`,
    {
      hint: `correct the file; nothing was started${more}`,
      details: { file, faults: faults.slice(0, 20).map(({ where, what }) => `${where} ${what}`) },
    },
  );
}
