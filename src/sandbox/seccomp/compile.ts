import type { ArgSet, Case, Outcome, Policy } from './policy.ts';
import { sameOutcome } from './policy.ts';
import { SCMP_ARCH, type Arch, type CallTable } from './calls.ts';

/**
 * A filter as engines read it: the common part of the runtime spec's `linux.seccomp` and of
 * containers-common's profile, so that Podman and containerd take the same.
 *
 * Source: opencontainers/runtime-spec config-linux.md "Seccomp"; containers-common(5) seccomp.json
 */
export interface OciSeccomp {
  readonly defaultAction: string;
  readonly defaultErrnoRet?: number;
  readonly architectures: readonly string[];
  readonly syscalls: readonly OciRule[];
}

/** Calls, and what they answer when all of `args` hold. */
export interface OciRule {
  readonly names: readonly string[];
  readonly action: string;
  readonly errnoRet?: number;
  readonly args?: readonly OciArg[];
}

/** `value` is the mask and `valueTwo` what is compared, for SCMP_CMP_MASKED_EQ. */
export interface OciArg {
  readonly index: number;
  readonly value: number;
  readonly valueTwo?: number;
  readonly op: string;
}

/** The filter of a policy for one processor. Deterministic: its text is what the digest is of. */
export function compilePolicy(policy: Policy, arch: Arch, table: CallTable): OciSeccomp {
  const numbers = table.numbers[arch];
  const always = new Map<string, string[]>();
  const sometimes: OciRule[] = [];
  const calls = [...policy.calls].filter(([call]) => numbers.has(call));
  for (const [call, cases] of calls.sort(([a], [b]) => (a < b ? -1 : 1))) {
    for (const one of cases) {
      // A rule with the default's own action would be dropped by runc: it is the default.
      if (sameOutcome(one.outcome, policy.fallback)) continue;
      const key = JSON.stringify(actionOf(one.outcome));
      if (one.when.length === 0) always.set(key, [...(always.get(key) ?? []), call]);
      else sometimes.push(...rulesOf(call, one));
    }
  }
  const plain = [...always]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, names]): OciRule => ({
      names,
      ...(JSON.parse(key) as ReturnType<typeof actionOf>),
    }));
  const { action: defaultAction, errnoRet } = actionOf(policy.fallback);
  return {
    defaultAction,
    ...(errnoRet === undefined ? {} : { defaultErrnoRet: errnoRet }),
    architectures: [SCMP_ARCH[arch]],
    syscalls: [...plain, ...sometimes],
  };
}

/** The text that goes to disk; small, since the engine parses it at every creation. */
export function renderOci(filter: OciSeccomp): string {
  return `${JSON.stringify(filter)}\n`;
}

/** One rule for each combination of cubes: inside a rule conditions on different arguments are ANDed. */
function rulesOf(call: string, { outcome, when }: Case): readonly OciRule[] {
  return combinations(when).map((args) => ({ names: [call], ...actionOf(outcome), args }));
}

function combinations(when: readonly ArgSet[]): readonly (readonly OciArg[])[] {
  return when.reduce<readonly (readonly OciArg[])[]>(
    (sofar, { arg, cubes }) =>
      sofar.flatMap((args) =>
        cubes.map(({ mask, value }) => [
          ...args,
          { index: arg, value: mask, valueTwo: value, op: 'SCMP_CMP_MASKED_EQ' },
        ]),
      ),
    [[]],
  );
}

function actionOf(outcome: Outcome): { readonly action: string; readonly errnoRet?: number } {
  switch (outcome.kind) {
    case 'allow':
      return { action: 'SCMP_ACT_ALLOW' };
    case 'errno':
      return { action: 'SCMP_ACT_ERRNO', errnoRet: outcome.errno };
    case 'kill':
      return { action: 'SCMP_ACT_KILL_PROCESS' };
  }
}
