import { errnoName } from './constants.ts';
import type { OciSeccomp } from './compile.ts';

/**
 * What is allowed to stand in a user's profile but weakens it, by the rules F1, F3, F5 and F7 of
 * docs/adr/0008: said as warnings, since profiles in wide use have them.
 */
export function doubtsOf(filter: OciSeccomp, native: string): readonly string[] {
  const { defaultAction, syscalls, architectures } = filter;
  const doubts: string[] = [];
  if (defaultAction === 'SCMP_ACT_ALLOW' || defaultAction === 'SCMP_ACT_LOG') {
    doubts.push('it allows every call that it does not name');
  }
  const ranges = syscalls.filter(({ args = [] }) => args.some(({ op }) => !EXACT.includes(op)));
  if (ranges.length > 0) {
    const names = some(ranges.flatMap((rule) => rule.names));
    doubts.push(
      `it compares arguments of ${names} by order or inequality, which values with a set upper half pass`,
    );
  }
  const swallowed = swallowedDenials(filter);
  if (swallowed.length > 0) {
    doubts.push(`it allows ${some(swallowed)} always, which swallows what it refuses of it`);
  }
  const dropped = syscalls.filter(
    ({ action, errnoRet }) =>
      action !== 'SCMP_ACT_ALLOW' &&
      action === defaultAction &&
      errnoRet === filter.defaultErrnoRet,
  );
  if (defaultAction === 'SCMP_ACT_ERRNO' && dropped.length > 0) {
    const answer = errnoName(filter.defaultErrnoRet ?? 1);
    doubts.push(`its rules with the default's own ${answer} are dropped by some runtimes`);
  }
  const others = architectures.filter((name) => name !== native);
  if (others.length > 0) doubts.push(`it lets calls of ${others.join(', ')} in`);
  return doubts;
}

/** For calls of which a profile says two things. */
export function contradictionDoubt(names: readonly string[]): readonly string[] {
  return names.length === 0
    ? []
    : [`it allows and refuses ${some(names)}, or refuses it in two ways: the refusal holds`];
}

const EXACT = ['SCMP_CMP_EQ', 'SCMP_CMP_MASKED_EQ'];

function swallowedDenials({ syscalls }: OciSeccomp): readonly string[] {
  const always = new Set(
    syscalls
      .filter(({ action, args }) => action === 'SCMP_ACT_ALLOW' && args === undefined)
      .flatMap(({ names }) => names),
  );
  const filtered = syscalls.filter(
    ({ action, args }) => action !== 'SCMP_ACT_ALLOW' && args !== undefined,
  );
  return filtered.flatMap(({ names }) => names).filter((name) => always.has(name));
}

function some(names: readonly string[]): string {
  const all = [...new Set(names)];
  return all.length > 5 ? `${all.slice(0, 5).join(', ')} and others` : all.join(', ');
}
