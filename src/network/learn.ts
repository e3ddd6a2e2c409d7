import { decide, mayResolve } from './decide.ts';
import { normaliseName } from './domain-name.ts';
import { isSameRule } from './edit.ts';
import { parseRule } from './parse-rule.ts';
import type { NetworkPolicy } from './policy.ts';
import type { NetworkRecord } from './record.ts';

/** What a session's log says about its rules. */
export interface Lesson {
  /** What was used and no rule allows, as texts of rules: the least that has to be added */
  readonly missing: readonly string[];
  /** Names that were denied before anything could connect to them, as texts of rules */
  readonly asked: readonly string[];
  /** What was used and is allowed */
  readonly used: readonly string[];
  /** Rules of the user that nothing needed in this session */
  readonly unused: readonly string[];
}

/**
 * What rules a session needs, by name where there was one: for what was connected to, and for names that
 * were denied, since a session never connects to those, or that strict would deny in shadow. Which port was meant such a question does not tell,
 * so the rule has none. A name that was answered and left at that needs no rule. Wildcards are not guessed:
 * what is proposed is exactly what was seen.
 */
export function learn(records: readonly NetworkRecord[], policy: NetworkPolicy): Lesson {
  const strict: NetworkPolicy = { ...policyWithoutRecord(policy), mode: 'strict' };
  const connected = records.filter(wasUsed);
  const denied = questionsOf(records, policy.record === 'shadow');
  const uses = usesOf([...connected, ...denied], strict);
  const needed = strict.allow.filter((rule) => uses.some((use) => use.rule === rule.text));
  const unused = strict.allow.filter(
    (rule) => rule.origin === 'user' && !needed.some((one) => isSameRule(one, rule)),
  );
  return {
    missing: sorted(uses.flatMap(({ text, rule }) => (rule === undefined ? [text] : []))),
    asked: sorted(usesOf(denied, strict).map(({ text }) => text)),
    used: sorted(uses.flatMap(({ rule }) => rule ?? [])),
    unused: unused.map(({ text }) => text),
  };
}

/** Names that were asked for in vain, or would have been in strict, and that no connection speaks for. */
function questionsOf(
  records: readonly NetworkRecord[],
  isShadow: boolean,
): readonly NetworkRecord[] {
  const isInVain = isShadow ? wouldBeDenied : wasDenied;
  const isTold = (record: NetworkRecord): boolean =>
    wasUsed(record) || (isShadow && ledToPrivate(record));
  const told = new Set(records.filter(isTold).map(({ name }) => name));
  return records.filter((record) => isInVain(record) && !told.has(record.name));
}

/** What a session did, as the rule that it needs, and the one that allows it now if one does. */
interface Use {
  readonly text: string;
  readonly rule?: string;
}

/** Without what is blocked: no rule is wanted for that. */
function usesOf(records: readonly NetworkRecord[], strict: NetworkPolicy): readonly Use[] {
  return records.flatMap((record): readonly Use[] => {
    const text = ruleTextFor(record, strict.ports);
    const verdict = text === undefined ? undefined : verdictOf(strict, record);
    if (text === undefined || verdict === undefined || verdict.reason === 'blocked') return [];
    return verdict.verdict === 'allow' ? [{ text, rule: verdict.rule ?? text }] : [{ text }];
  });
}

function sorted(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort();
}

/** A lesson as lines for the end of a recorded session. */
export function describeLesson(lesson: Lesson, kind: 'learn' | 'shadow'): readonly string[] {
  const { missing, unused } = lesson;
  const did = lesson.asked.length === 0 ? 'used' : 'asked for';
  const add = missing.map((text) => `  ct network allow '${text}'`);
  if (kind === 'shadow') {
    return missing.length === 0
      ? ['strict would have denied nothing of this']
      : [`strict would have denied ${counted(missing.length)}:`, ...add];
  }
  return [
    ...(missing.length === 0
      ? [`the lists have all that this session ${did}`]
      : [`this session ${did} ${counted(missing.length)} that the lists lack:`, ...add]),
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

/** A question that a session which records has answered though no rule allows the name, or that was denied. */
function wouldBeDenied(record: NetworkRecord): boolean {
  return wasDenied(record) || (record.event === 'dns' && record.reason === 'recorded');
}

/** No rule for its name would let that pass. */
function ledToPrivate({ event, reason }: NetworkRecord): boolean {
  return event === 'connect' && (reason === 'special_address' || reason === 'host_address');
}

/** Only in sessions that keep to lists: one that records answers every name that is not blocked. */
function wasDenied({ event, verdict, reason }: NetworkRecord): boolean {
  return event === 'dns' && verdict === 'deny' && reason === 'not_allowed';
}

function verdictOf(policy: NetworkPolicy, { event, name, address, port = 0 }: NetworkRecord) {
  if (event === 'dns') return name === undefined ? undefined : mayResolve(policy, name);
  if (name !== undefined) return decide(policy, { name, port });
  return address === undefined ? undefined : decide(policy, { address, port });
}

function policyWithoutRecord(policy: NetworkPolicy): NetworkPolicy {
  const { record: _record, ...rest } = policy;
  return rest;
}
