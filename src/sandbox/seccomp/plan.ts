import { archOf } from './calls.ts';
import {
  isProfileName,
  isProfilePath,
  seccompProfileNamed,
  UNCONFINED,
  unknownProfile,
  type SeccompUse,
} from './use.ts';

/** What the host is, as far as the choice of a filter depends on it. */
export interface SeccompFacts {
  /** The processor in Node's words */
  readonly nodeArch: string;
  /** Directory of ct's own for filters */
  readonly dir: string;
  /** The filter that was made for this run: the user's own file, or one that explains denials */
  readonly made: SeccompUse | undefined;
  /** What looks wrong in the user's file */
  readonly doubts: readonly string[];
}

/**
 * The filter for a wish: a profile's name, the path of a file that was read before, or `unconfined`,
 * which only the user can say (`undefined` then).
 *
 * Errors: invalid_argument for a name that there isn't; unsupported on other processors
 */
export function planSeccomp(wish: string, facts: SeccompFacts): SeccompUse | undefined {
  if (wish === UNCONFINED) return undefined;
  if (facts.made !== undefined) return facts.made;
  if (isProfilePath(wish) || !isProfileName(wish)) throw unknownProfile(wish);
  return seccompProfileNamed(wish, archOf(facts.nodeArch), facts.dir);
}
