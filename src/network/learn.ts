import { decide } from './decide.ts';
import { normaliseName } from './domain-name.ts';
import { isSameRule } from './edit.ts';
import { parseRule } from './parse-rule.ts';
import type { NetworkPolicy, Rule } from './policy.ts';
import type { NetworkRecord } from './record.ts';

/** What a session's log says about its rules. */
export interface Lesson {
  /** What was used and no rule allows, as texts of rules: the least that has to be added */
  readonly missing: readonly string[];
  /** What was used and is allowed */
  readonly used: readonly string[];
  /** Rules of the user that nothing needed in this session */
  readonly unused: readonly string[];
}

/**
 * What rules a recorded session needs. Only what was connected to counts, by name where there was one;
 * a name that was merely asked for needs no rule. Wildcards are not guessed: what is proposed is exactly
 * what was seen.
 */
export function learn(records: readonly NetworkRecord[], policy: NetworkPolicy): Lesson {
  const strict: NetworkPolicy = { ...policyWithoutRecord(policy), mode: 'strict' };
  const missing = new Set<string>();
  const used = new Set<string>();
  const needed: Rule[] = [];
  for (const record of records) {
    const text = wasUsed(record) ? ruleTextFor(record, policy.ports) : undefined;
    if (text === undefined) continue;
    const verdict = verdictOf(strict, record);
    if (verdict?.verdict === 'allow') {
      used.add(verdict.rule ?? text);
      needed.push(...strict.allow.filter((rule) => rule.text === verdict.rule));
    } else if (verdict !== undefined && verdict.reason !== 'blocked') missing.add(text);
  }
  const unused = strict.allow.filter(
    (rule) => rule.origin === 'user' && !needed.some((one) => isSameRule(one, rule)),
  );
  return {
    missing: [...missing].sort(),
    used: [...used].sort(),
    unused: unused.map(({ text }) => text),
  };
}

/** A lesson as lines for the end of a recorded session. */
export function describeLesson(lesson: Lesson, kind: 'learn' | 'shadow'): readonly string[] {
  const { missing, unused } = lesson;
  const add = missing.map((text) => `  ct network allow '${text}'`);
  if (kind === 'shadow') {
    return missing.length === 0
      ? ['strict would have denied nothing of this']
      : [`strict would have denied ${counted(missing.length)}:`, ...add];
  }
  return [
    ...(missing.length === 0
      ? ['the lists have all that this session used']
      : [`this session used ${counted(missing.length)} that the lists lack:`, ...add]),
    ...(unused.length === 0
      ? []
      : ['and it did not need:', ...unused.map((text) => `  ct network remove '${text}'`)]),
  ];
}

function counted(count: number): string {
  return count === 1 ? 'one destination' : `${count} destinations`;
}

/** The rule that would allow what a record speaks of; the port only where the usual ones do not hold it. */
export function ruleTextFor(record: NetworkRecord, ports: readonly number[]): string | undefined {
  const { name, address, port } = record;
  const host = name === undefined ? address : normaliseName(name);
  if (host === undefined) return undefined;
  const isUsual = port === undefined || ports.includes(port);
  const text = isUsual ? host : host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  return 'rule' in parseRule(text, 'allow', 'user') ? text : undefined;
}

function wasUsed({ event, verdict, reason, port, protocol }: NetworkRecord): boolean {
  if (event !== 'connect' || port === undefined) return false;
  if (protocol !== undefined && protocol !== 'tcp') return false;
  return verdict === 'allow' || reason === 'not_allowed' || reason === 'port';
}

function verdictOf(policy: NetworkPolicy, { name, address, port = 0 }: NetworkRecord) {
  if (name !== undefined) return decide(policy, { name, port });
  return address === undefined ? undefined : decide(policy, { address, port });
}

function policyWithoutRecord(policy: NetworkPolicy): NetworkPolicy {
  const { record: _record, ...rest } = policy;
  return rest;
}
