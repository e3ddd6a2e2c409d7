import { resolve } from 'node:path';
import {
  answersOf,
  answersOfFilter,
  diffAnswers,
  type Answers,
  type Difference,
} from '../sandbox/seccomp/answers.ts';
import { isProfilePath, PROFILE_NAMES } from '../sandbox/seccomp/use.ts';
import { makeSeccomp, ownPolicy, ownProfile } from './make-seccomp.ts';

/** A profile as `ct sys seccomp` shows it. */
export interface ProfileView {
  readonly name: string;
  readonly summary: string;
  /** SHA-256 of what it compiles to on this host */
  readonly digest: string;
  readonly calls: readonly { readonly call: string; readonly answer: string }[];
  /** What a call that it does not name answers */
  readonly other: string;
  readonly doubts: readonly string[];
}

/** ct's own profiles, narrowest first. */
export function viewProfiles(): readonly ProfileView[] {
  return PROFILE_NAMES.map((name) => viewProfile(name));
}

/**
 * One profile, by name or path.
 *
 * Errors: invalid_argument for a name that there isn't; invalid_config for a file that is refused
 */
export function viewProfile(wish: string): ProfileView {
  const { name, made, doubts, answers } = examine(wish);
  return {
    name,
    summary: isProfilePath(name) ? 'a file of yours, as a session would have it' : summaryOf(name),
    digest: made.digest,
    calls: [...answers.calls]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([call, answer]) => ({ call, answer })),
    other: answers.other,
    doubts,
  };
}

/** What two profiles say differently. Errors: as {@link viewProfile} */
export function diffProfiles(first: string, second: string): readonly Difference[] {
  return diffAnswers(examine(first).answers, examine(second).answers);
}

function examine(wish: string) {
  const name = isProfilePath(wish) ? resolve(wish) : wish;
  const { made, doubts, policy } = makeSeccomp(name, false, '');
  const answers: Answers = policy === undefined ? answersOfFilter(made.filter) : answersOf(policy);
  return { name, made, doubts, answers };
}

function summaryOf(name: string): string {
  return ownProfile(ownPolicy(name).name).summary;
}
