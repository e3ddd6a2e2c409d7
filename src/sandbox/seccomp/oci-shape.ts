import { printable } from '../../base/text.ts';
import type { CallTable } from './calls.ts';
import { ERRNOS } from './constants.ts';
import { isRecord, type ProfileFault } from './profile.ts';

type Fields = Readonly<Record<string, unknown>>;

const DOCUMENT_KEYS = [
  ...['defaultAction', 'defaultErrnoRet', 'defaultErrno', 'architectures', 'archMap', 'syscalls'],
  ...['comment', '$schema'],
];
const RULE_KEYS = [
  ...['name', 'names', 'action', 'args', 'errnoRet', 'errno', 'comment', 'includes', 'excludes'],
];
const SCOPE_KEYS = ['caps', 'arches', 'minKernel'];
const ARG_KEYS = ['index', 'value', 'valueTwo', 'op'];

/** Source: runtime-spec config-linux.md; NOTIFY is left out, since nobody would listen. */
const ACTIONS = ['KILL', 'KILL_THREAD', 'KILL_PROCESS', 'TRAP', 'ERRNO', 'TRACE', 'ALLOW', 'LOG'];
const OPERATORS = ['NE', 'LT', 'LE', 'EQ', 'GE', 'GT', 'MASKED_EQ'];

/** The faults of a profile in the engines' form: what would stop it late, or be skipped in silence. */
export function ociFaults(document: unknown, table: CallTable): readonly ProfileFault[] {
  if (!isRecord(document)) return [{ where: 'profile', what: 'is not an object' }];
  const faults = unknownKeys('profile', document, DOCUMENT_KEYS);
  const { defaultAction, defaultErrno, defaultErrnoRet, architectures, archMap, syscalls } =
    document;
  faults.push(...actionFaults('defaultAction', defaultAction));
  faults.push(...errnoFaults('profile', defaultErrnoRet, defaultErrno));
  if (!isTextList(architectures)) {
    faults.push({ where: 'architectures', what: 'is not a list of names' });
  }
  if (!isArchMap(archMap)) faults.push({ where: 'archMap', what: 'is not as Podman has it' });
  if (!(syscalls == null || Array.isArray(syscalls))) {
    return [...faults, { where: 'syscalls', what: 'is not a list' }];
  }
  const rules = (syscalls ?? []) as readonly unknown[];
  return [
    ...faults,
    ...rules.flatMap((rule, index) => ruleFaults(rule, `rule ${index + 1}`, table)),
  ];
}

function ruleFaults(rule: unknown, where: string, table: CallTable): readonly ProfileFault[] {
  if (!isRecord(rule)) return [{ where, what: 'is not an object' }];
  const faults = unknownKeys(where, rule, RULE_KEYS);
  const { name, names, action, args, errno, errnoRet, includes, excludes } = rule;
  if (!isTextList(names) || !(name === undefined || typeof name === 'string')) {
    return [...faults, { where, what: 'has names that are not a list of names' }];
  }
  const all = [...((names ?? []) as string[]), ...(typeof name === 'string' ? [name] : [])];
  if (all.length === 0) faults.push({ where, what: 'names no calls' });
  // An engine skips a name that it does not know in silence.
  const unknown = all.filter((call) => !table.known.has(call));
  for (const call of unknown) {
    faults.push({ where, what: `names the unknown system call '${printable(call)}'` });
  }
  faults.push(...actionFaults(where, action), ...errnoFaults(where, errnoRet, errno));
  for (const scope of [includes, excludes]) faults.push(...scopeFaults(where, scope));
  if (!(args == null || Array.isArray(args))) {
    return [...faults, { where, what: 'has args that are not a list' }];
  }
  return [...faults, ...((args ?? []) as unknown[]).flatMap((arg) => argFaults(where, arg))];
}

function actionFaults(where: string, action: unknown): readonly ProfileFault[] {
  if (typeof action === 'string' && ACTIONS.some((name) => action === `SCMP_ACT_${name}`)) {
    return [];
  }
  return [{ where, what: `has the unknown action '${printable(String(action))}'` }];
}

function errnoFaults(where: string, number: unknown, name: unknown): readonly ProfileFault[] {
  const faults: ProfileFault[] = [];
  if (!(number === undefined || isWhole(number, 4095))) {
    faults.push({ where, what: 'has an error number that is none' });
  }
  const known = name === undefined || name === '';
  if (!known && !(typeof name === 'string' && Object.hasOwn(ERRNOS, name))) {
    const what = `has the unknown error '${printable(String(name))}': write its number as errnoRet`;
    faults.push({ where, what });
  }
  return faults;
}

function scopeFaults(where: string, scope: unknown): readonly ProfileFault[] {
  if (scope == null) return [];
  if (!isRecord(scope)) return [{ where, what: 'has a condition that is not an object' }];
  const faults = unknownKeys(where, scope, SCOPE_KEYS);
  if (!isTextList(scope['caps']) || !isTextList(scope['arches'])) {
    faults.push({ where, what: 'has a condition without a list of names' });
  }
  return faults;
}

function argFaults(where: string, arg: unknown): readonly ProfileFault[] {
  if (!isRecord(arg)) return [{ where, what: 'has an argument that is not an object' }];
  const faults = unknownKeys(where, arg, ARG_KEYS);
  const { index, value, valueTwo, op } = arg;
  if (!isWhole(index, 5)) faults.push({ where, what: 'has an argument that is not 0 to 5' });
  if (!isWhole(value) || !(valueTwo === undefined || isWhole(valueTwo))) {
    faults.push({ where, what: 'compares with what is not a whole number below 2^53' });
  }
  if (!OPERATORS.some((name) => op === `SCMP_CMP_${name}`)) {
    faults.push({ where, what: `has the unknown comparison '${printable(String(op))}'` });
  }
  return faults;
}

function unknownKeys(where: string, record: Fields, known: readonly string[]): ProfileFault[] {
  return Object.keys(record)
    .filter((key) => !known.includes(key))
    .map((key) => ({ where, what: `has the unknown key '${printable(key)}'` }));
}

function isArchMap(value: unknown): boolean {
  if (value === undefined) return true;
  return (
    Array.isArray(value) &&
    value.every(
      (item) =>
        isRecord(item) &&
        typeof item['architecture'] === 'string' &&
        isTextList(item['subArchitectures']),
    )
  );
}

function isTextList(value: unknown): boolean {
  return value == null || (Array.isArray(value) && value.every((item) => typeof item === 'string'));
}

function isWhole(value: unknown, most = Number.MAX_SAFE_INTEGER): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= most;
}
