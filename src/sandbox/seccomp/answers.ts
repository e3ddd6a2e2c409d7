import type { OciRule, OciSeccomp } from './compile.ts';
import { errnoName } from './constants.ts';
import type { Outcome, Policy } from './policy.ts';

/** What calls answer, in words: by name of the call, and what every other one answers. */
export interface Answers {
  readonly calls: ReadonlyMap<string, string>;
  readonly other: string;
}

/** A call that two profiles treat differently. */
export interface Difference {
  readonly call: string;
  readonly first: string;
  readonly second: string;
}

/** The answers of one of our profiles. */
export function answersOf(policy: Policy): Answers {
  const calls = [...policy.calls].map(([call, cases]): [string, string] => [
    call,
    cases.map(({ outcome, text }) => withCondition(outcomeText(outcome), text)).join('; '),
  ]);
  return { calls: new Map(calls), other: outcomeText(policy.fallback) };
}

/** The answers of a filter in the engines' form. */
export function answersOfFilter({ defaultAction, defaultErrnoRet, syscalls }: OciSeccomp): Answers {
  const calls = new Map<string, string>();
  for (const rule of syscalls) {
    const condition = (rule.args ?? []).map((arg) => argText(arg)).join(' and ');
    const text = withCondition(actionText(rule.action, rule.errnoRet), condition);
    for (const name of rule.names) {
      const before = calls.get(name);
      calls.set(name, before === undefined || before === text ? text : `${before}; ${text}`);
    }
  }
  return { calls, other: actionText(defaultAction, defaultErrnoRet) };
}

/** Calls that differ, by name; one that a profile does not name answers as its others do. */
export function diffAnswers(first: Answers, second: Answers): readonly Difference[] {
  const names = new Set([...first.calls.keys(), ...second.calls.keys()]);
  const rows = [...names].sort().map((call) => ({
    call,
    first: first.calls.get(call) ?? first.other,
    second: second.calls.get(call) ?? second.other,
  }));
  const others = { call: 'every other', first: first.other, second: second.other };
  return [...rows, others].filter((row) => row.first !== row.second);
}

/** An outcome in a word or two. */
export function outcomeText(outcome: Outcome): string {
  if (outcome.kind === 'errno') return errnoName(outcome.errno);
  return outcome.kind === 'allow' ? 'allowed' : 'killed';
}

function actionText(action: string, errno: number | undefined): string {
  if (action === 'SCMP_ACT_ERRNO') return errnoName(errno ?? 1);
  return action === 'SCMP_ACT_ALLOW' ? 'allowed' : action.replace('SCMP_ACT_', '').toLowerCase();
}

function withCondition(answer: string, condition: string): string {
  return condition === '' ? answer : `${answer} if ${condition}`;
}

const SIGNS: Readonly<Record<string, string>> = {
  ...{ NE: 'is not', LT: 'is below', LE: 'is at most', EQ: 'is' },
  ...{ GE: 'is at least', GT: 'is above' },
};

function argText({ index, op, value, valueTwo = 0 }: NonNullable<OciRule['args']>[number]): string {
  if (op === 'SCMP_CMP_MASKED_EQ') {
    return `argument ${index} under 0x${value.toString(16)} is 0x${valueTwo.toString(16)}`;
  }
  return `argument ${index} ${SIGNS[op.replace('SCMP_CMP_', '')] ?? op} 0x${value.toString(16)}`;
}
