import { CtError } from '../../base/errors.ts';
import { printable } from '../../base/text.ts';
import type { CallTable } from './calls.ts';
import { meet } from './cubes.ts';
import { namesOf, resolvePolicy, sameOutcome, type Case, type ProfileSource } from './policy.ts';
import type { Profile, ProfileFault, Rule } from './profile.ts';

/**
 * What is wrong with the meaning of a profile of our format: unknown calls, and the rules that were
 * learnt by test (F1 to F5 in docs/adr/0008). Comparisons other than masked equality (F1, F2) cannot
 * be written in the format at all.
 */
export function lintProfile(
  profile: Profile,
  source: ProfileSource,
  table: CallTable,
): readonly ProfileFault[] {
  const faults = [
    ...profile.rules.flatMap((rule, index) => ruleFaults(rule, `rule ${index + 1}`, table)),
    ...replacementFaults(profile, source),
  ];
  if (faults.length > 0) return faults;
  try {
    return caseFaults(profile, source);
  } catch (thrown) {
    return [{ where: 'profile', what: CtError.from(thrown).message }];
  }
}

function ruleFaults(rule: Rule, where: string, table: CallTable): readonly ProfileFault[] {
  const faults: ProfileFault[] = [];
  const wrong = (what: string): void => void faults.push({ where, what });
  const names = namesOf(rule.calls);
  for (const name of names) {
    if (!table.known.has(name)) wrong(`names the unknown system call '${printable(name)}'`);
  }
  if (new Set(names).size < names.length) wrong('names a call twice');
  if ((rule.action === 'deny') !== (rule.errno !== undefined)) {
    wrong('needs an errno if it denies, and none otherwise');
  }
  // F5: runc drops a denial that is the default; whoever means it says `absent`.
  if (rule.errno === 'ENOSYS') wrong("denies with the default's ENOSYS: write absent instead");
  const args = (rule.when ?? []).map(({ arg }) => arg);
  // F4: runc and crun differ in what two conditions on one argument mean.
  if (new Set(args).size < args.length) wrong('has two conditions on one argument');
  return faults;
}

/** A call of the base is replaced by its name or not at all. */
function replacementFaults(profile: Profile, source: ProfileSource): readonly ProfileFault[] {
  const inherited =
    profile.extends === undefined
      ? new Map<string, readonly Case[]>()
      : resolvePolicy(source(profile.extends), source).calls;
  return profile.rules.flatMap((rule, index) =>
    namesOf(rule.calls)
      .filter((call) => inherited.has(call) !== (rule.replaces === true))
      .map((call) => ({
        where: `rule ${index + 1}`,
        what: inherited.has(call)
          ? `says of '${call}' what '${profile.extends ?? ''}' says too: add "replaces": true`
          : `replaces '${call}', of which nothing was said`,
      })),
  );
}

/** F3 and contradictions: a call goes always one way, or its cases exclude each other. */
function caseFaults(profile: Profile, source: ProfileSource): readonly ProfileFault[] {
  const { calls } = resolvePolicy(profile, source);
  return [...calls].flatMap(([call, cases]) => {
    if (cases.length > 1 && cases.some(({ when }) => when.length === 0)) {
      return [
        { where: call, what: 'has a rule for every use beside others (one would swallow them)' },
      ];
    }
    const overlapping = cases.some((one, index) =>
      cases.slice(index + 1).some((other) => overlap(one, other)),
    );
    return overlapping ? [{ where: call, what: 'has rules that contradict each other' }] : [];
  });
}

/** Whether some arguments meet both cases, though these say different things. */
function overlap(a: Case, b: Case): boolean {
  if (sameOutcome(a.outcome, b.outcome)) return false;
  return a.when.every((set) => {
    const other = b.when.find(({ arg }) => arg === set.arg);
    return other === undefined || set.cubes.some((x) => other.cubes.some((y) => meet(x, y)));
  });
}
