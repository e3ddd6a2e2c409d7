/** A filter as the runtime spec has it; whatever may be missing in one that an engine wrote. */
interface GivenFilter {
  readonly defaultAction?: string;
  readonly defaultErrnoRet?: number;
  readonly architectures?: readonly string[];
  readonly flags?: readonly string[];
  readonly listenerPath?: string;
  readonly syscalls?: readonly GivenRule[];
}

interface GivenRule {
  readonly names?: readonly string[];
  readonly action?: string;
  readonly errnoRet?: number;
  readonly args?: readonly {
    readonly index?: number;
    readonly value?: number;
    readonly valueTwo?: number;
    readonly op?: string;
  }[];
}

/**
 * Whether two filters decide alike. An engine may write a rule for several calls as several rules, in
 * another order, and spell out what a missing word means; anything else makes it another filter.
 *
 * Source: opencontainers/runtime-spec config-linux.md "Seccomp"; SECURITY F10
 */
export function isSameFilter(planned: unknown, given: unknown): boolean {
  const [one, two] = [planned, given].map(decisions);
  if (one === undefined || two === undefined || one.size !== two.size) return false;
  return [...one].every((each) => two.has(each));
}

/** Every decision of a filter as a line of its own; `undefined` when it is none. */
function decisions(filter: unknown): ReadonlySet<string> | undefined {
  if (typeof filter !== 'object' || filter === null) return undefined;
  const { defaultAction, defaultErrnoRet, architectures, flags, listenerPath, syscalls } =
    filter as GivenFilter;
  return new Set([
    `default ${answer(defaultAction, defaultErrnoRet)}`,
    ...(architectures ?? []).map((arch) => `architecture ${arch}`),
    ...(flags ?? []).map((flag) => `flag ${flag}`),
    ...(listenerPath === undefined || listenerPath === '' ? [] : [`listener ${listenerPath}`]),
    ...(syscalls ?? []).flatMap(ruleDecisions),
  ]);
}

function ruleDecisions({ names, action, errnoRet, args }: GivenRule): readonly string[] {
  const conditions = (args ?? [])
    .map(({ index, op, value, valueTwo }) => `${index ?? 0} ${op} ${value ?? 0} ${valueTwo ?? 0}`)
    .sort()
    .join(', ');
  const rest = `${answer(action, errnoRet)} (${conditions})`;
  return (names ?? []).map((name) => `${name} ${rest}`);
}

/** What a call that is answered with an error gets when none is named: EPERM. */
const EPERM = 1;

function answer(action: string | undefined, errno: number | undefined): string {
  return action === 'SCMP_ACT_ERRNO' ? `${action} ${errno ?? EPERM}` : `${action} ${errno ?? 0}`;
}
