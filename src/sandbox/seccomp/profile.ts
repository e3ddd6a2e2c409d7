import { printable } from '../../base/text.ts';

/** A profile in our own format: `seccomp/*.json`, or a file of the user's. A rule says why it is there. */
export interface Profile {
  readonly schema: typeof SCHEMA;
  readonly name: string;
  /** One sentence: what it is */
  readonly summary: string;
  /** Who needs it */
  readonly audience: string;
  /** One of ct's own profiles, whose rules hold unless one here replaces them */
  readonly extends?: string;
  /** What a call that no rule names answers; in a profile that extends none */
  readonly default?: { readonly errno: string; readonly reason: string };
  readonly rules: readonly Rule[];
}

/** What happens to some calls, and why. */
export interface Rule {
  readonly reason: string;
  /** `absent`: as if the kernel did not have it, which is the default; said for the reason's sake */
  readonly action: 'allow' | 'deny' | 'absent';
  /** Name of the error of a denied call */
  readonly errno?: string;
  /** Names, separated by spaces */
  readonly calls: string;
  /** All of these must hold; one at most for each argument */
  readonly when?: readonly Condition[];
  /** Takes the place of all that the extended profile says of these calls */
  readonly replaces?: boolean;
}

/** A condition on an argument of type `int`; values are numbers or names of `constants.ts`. */
export interface Condition {
  /** `0` to `5` */
  readonly arg: number;
  /** Only these bits are looked at; all 32 by default */
  readonly mask?: Constant;
  readonly in?: readonly Constant[];
  readonly notIn?: readonly Constant[];
}

type Constant = number | string;

/** Marks a file as ours and names its version. */
export const SCHEMA = 'ct-seccomp/1';

/** What a profile did wrong; the first words say where. */
export interface ProfileFault {
  readonly where: string;
  readonly what: string;
}

const PROFILE_KEYS = ['schema', 'name', 'summary', 'audience', 'extends', 'default', 'rules'];
const RULE_KEYS = ['reason', 'action', 'errno', 'calls', 'when', 'replaces'];
const CONDITION_KEYS = ['arg', 'mask', 'in', 'notIn'];

/** Whether a parsed JSON document says that it is a profile of ours. */
export function isOwnFormat(document: unknown): boolean {
  return isRecord(document) && document['schema'] === SCHEMA;
}

/** The faults of shape; a document without any is a {@link Profile}. Meaning is `lint.ts`' matter. */
export function shapeFaults(document: unknown): readonly ProfileFault[] {
  if (!isRecord(document)) return [{ where: 'profile', what: 'is not an object' }];
  const faults = unknownKeys('profile', document, PROFILE_KEYS);
  for (const key of ['name', 'summary', 'audience'] as const) {
    if (!isText(document[key])) faults.push({ where: key, what: 'is missing' });
  }
  const { rules, extends: base, default: fallback } = document;
  if (base !== undefined && !isText(base)) faults.push({ where: 'extends', what: 'is not a name' });
  if (fallback !== undefined && !isReasonedErrno(fallback)) {
    faults.push({ where: 'default', what: 'needs errno and reason' });
  }
  if (!Array.isArray(rules)) return [...faults, { where: 'rules', what: 'is not a list' }];
  const each = (rules as unknown[]).flatMap((rule, index) => ruleFaults(rule, `rule ${index + 1}`));
  return [...faults, ...each];
}

function ruleFaults(rule: unknown, where: string): readonly ProfileFault[] {
  if (!isRecord(rule)) return [{ where, what: 'is not an object' }];
  const faults = unknownKeys(where, rule, RULE_KEYS);
  const wrong = (what: string): void => void faults.push({ where, what });
  const { action, errno, replaces, when = [] } = rule;
  if (!isText(rule['reason'])) wrong('has no reason');
  if (!isText(rule['calls'])) wrong('names no calls');
  if (action !== 'allow' && action !== 'deny' && action !== 'absent') {
    wrong(`has the unknown action '${printable(String(action))}'`);
  }
  if (errno !== undefined && !isText(errno)) wrong('has an errno that is not a name');
  if (replaces !== undefined && replaces !== true) wrong('has a replaces that is not true');
  if (!Array.isArray(when)) return [...faults, { where, what: 'has a when that is not a list' }];
  return [...faults, ...(when as unknown[]).flatMap((item) => conditionFaults(item, where))];
}

function conditionFaults(condition: unknown, where: string): readonly ProfileFault[] {
  if (!isRecord(condition)) return [{ where, what: 'has a condition that is not an object' }];
  const faults = unknownKeys(where, condition, CONDITION_KEYS);
  const { arg, mask, in: members, notIn } = condition;
  if (!Number.isInteger(arg) || Number(arg) < 0 || Number(arg) > 5) {
    faults.push({ where, what: 'has a condition without an argument from 0 to 5' });
  }
  if (mask !== undefined && !isConstant(mask)) faults.push({ where, what: 'has a wrong mask' });
  const list = members ?? notIn;
  const one = (members === undefined) !== (notIn === undefined);
  if (!one || !Array.isArray(list) || list.length === 0 || !list.every(isConstant)) {
    faults.push({ where, what: "has a condition that needs one list of values, 'in' or 'notIn'" });
  }
  return faults;
}

function unknownKeys(
  where: string,
  record: Readonly<Record<string, unknown>>,
  known: readonly string[],
): ProfileFault[] {
  return Object.keys(record)
    .filter((key) => !known.includes(key))
    .map((key) => ({ where, what: `has the unknown key '${printable(key)}'` }));
}

function isReasonedErrno(value: unknown): boolean {
  return isRecord(value) && isText(value['errno']) && isText(value['reason']);
}

function isConstant(value: unknown): boolean {
  return typeof value === 'number' ? Number.isInteger(value) && value >= 0 : isText(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

/** Whether a value is a JSON object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
