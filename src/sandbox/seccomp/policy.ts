import { CtError } from '../../base/errors.ts';
import { complementOf, cubesOf, holds, WHOLE, type Cube } from './cubes.ts';
import { CONSTANTS, ERRNOS } from './constants.ts';
import type { Condition, Profile } from './profile.ts';

/** What a call answers: it is carried out, it fails with an error number, or the thread dies. */
export type Outcome =
  | { readonly kind: 'allow' }
  | { readonly kind: 'errno'; readonly errno: number }
  | { readonly kind: 'kill' };

/** One way that a call can go. */
export interface Case {
  readonly outcome: Outcome;
  /** Every argument named must be in one of its cubes. Empty: always */
  readonly when: readonly ArgSet[];
  /** The conditions in words; empty: always */
  readonly text: string;
  readonly reason: string;
  /** Profile that says so */
  readonly from: string;
}

/** The values of one argument. */
export interface ArgSet {
  readonly arg: number;
  readonly cubes: readonly Cube[];
}

/** A profile with all that it extends: what each call answers. */
export interface Policy {
  readonly name: string;
  readonly fallback: Outcome;
  readonly fallbackReason: string;
  readonly calls: ReadonlyMap<string, readonly Case[]>;
}

/** Gives the profile that another one extends. */
export type ProfileSource = (name: string) => Profile;

/**
 * Resolves `extends`: what a profile says of a call with `replaces` takes the place of all that its
 * base says of it. The profile must be free of faults of shape.
 *
 * Errors: invalid_config for a constant or error that has no number
 */
export function resolvePolicy(profile: Profile, source: ProfileSource): Policy {
  const base = profile.extends === undefined ? undefined : source(profile.extends);
  const below = base === undefined ? undefined : resolvePolicy(base, source);
  const calls = new Map(below?.calls);
  for (const rule of profile.rules) {
    if (rule.replaces === true) for (const call of namesOf(rule.calls)) calls.delete(call);
  }
  const fallback = profile.default
    ? errnoOutcome(profile.default.errno)
    : (below?.fallback ?? errnoOutcome('ENOSYS'));
  for (const { action, errno, when = [], reason, calls: names } of profile.rules) {
    const outcome: Outcome =
      action === 'allow'
        ? { kind: 'allow' }
        : action === 'absent'
          ? fallback
          : errnoOutcome(errno ?? 'EPERM');
    const text = when.map(conditionText).join(' and ');
    const made: Case = { outcome, when: when.map(argSet), text, reason, from: profile.name };
    for (const call of namesOf(names)) calls.set(call, [...(calls.get(call) ?? []), made]);
  }
  const fallbackReason = profile.default?.reason ?? below?.fallbackReason ?? '';
  return { name: profile.name, fallback, fallbackReason, calls };
}

/** The names in a rule's `calls`. */
export function namesOf(calls: string): readonly string[] {
  return calls.split(' ').filter((name) => name !== '');
}

/** What a call with these arguments answers, and why. The kernel sees 32 bits of those looked at. */
export function decide(
  policy: Policy,
  call: string | undefined,
  args: readonly bigint[],
): { readonly outcome: Outcome; readonly reason: string; readonly from: string } {
  const cases = call === undefined ? [] : (policy.calls.get(call) ?? []);
  const found = cases.find(({ when }) =>
    when.every(({ arg, cubes }) => cubes.some((cube) => holds(cube, args[arg] ?? 0n))),
  );
  return found ?? { outcome: policy.fallback, reason: policy.fallbackReason, from: policy.name };
}

/** Whether two outcomes are the same. */
export function sameOutcome(a: Outcome, b: Outcome): boolean {
  return a.kind === b.kind && (a.kind !== 'errno' || b.kind !== 'errno' || a.errno === b.errno);
}

/** A condition as a profile's page and `ct sys seccomp show` word it. */
export function conditionText({ arg, mask, in: members, notIn }: Condition): string {
  const bits = mask === undefined ? '' : ` under ${mask}`;
  const list = (members ?? notIn ?? []).join(' or ');
  return `argument ${arg}${bits} is ${members === undefined ? 'not ' : ''}${list}`;
}

function argSet({ arg, mask, in: members, notIn }: Condition): ArgSet {
  const bits = mask === undefined ? WHOLE : constant(mask);
  const cubes =
    members === undefined
      ? complementOf((notIn ?? []).map(constant), bits)
      : cubesOf(members.map(constant), bits);
  return { arg, cubes };
}

function constant(value: number | string): number {
  const number = typeof value === 'number' ? value : CONSTANTS[value];
  if (number === undefined || number > WHOLE) {
    throw new CtError('invalid_config', `'${value}' is not a 32-bit number or a constant of ct's`);
  }
  return number;
}

function errnoOutcome(name: string): Outcome {
  const errno = Object.hasOwn(ERRNOS, name) ? ERRNOS[name] : undefined;
  if (errno === undefined) {
    throw new CtError('invalid_config', `'${name}' is not an error that a profile may answer`, {
      hint: `errors: ${Object.keys(ERRNOS).join(', ')}`,
    });
  }
  return { kind: 'errno', errno };
}
