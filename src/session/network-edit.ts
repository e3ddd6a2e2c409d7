import { existsSync } from 'node:fs';
import { agentRuleOf } from '../plan/network.ts';
import { CtError } from '../base/errors.ts';
import { printable } from '../base/text.ts';
import { editList } from '../config/edit.ts';
import { parseConfig } from '../config/parse.ts';
import { DEFAULT_CONFIG, type Config } from '../config/schema.ts';
import { configPlace, readConfigFile } from '../host/config-file.ts';
import { writeConfigFile } from '../host/write-config.ts';
import { withLock } from '../host/lock.ts';
import { blockedBy, covers } from '../network/check-rules.ts';
import { isSameRule } from '../network/edit.ts';
import { parseRule } from '../network/parse-rule.ts';
import type { Rule } from '../network/policy.ts';
import { loadSuffixes } from '../plan/check-network.ts';
import { userRules, type ListName } from '../plan/network.ts';
import type { SessionContext } from './context.ts';

/** What `ct network allow|block|remove|clear` was asked. */
export interface NetworkWish {
  readonly op: 'allow' | 'block' | 'remove' | 'clear';
  readonly targets: readonly string[];
}

/** What a change of the configuration file came to. */
export interface SavedChange {
  readonly path: string;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** What was there already, or never was */
  readonly unchanged: readonly string[];
}

/**
 * The rules that were typed.
 *
 * Errors: invalid_argument, with what to write instead
 */
export async function parseTargets({ op, targets }: NetworkWish): Promise<readonly Rule[]> {
  if (op === 'allow') refuseFiles(targets);
  const suffixFault = targets.some((text) => text.includes('*')) ? await loadSuffixes() : undefined;
  return targets.map((text) => {
    const parsed = parseRule(text, op === 'allow' ? 'allow' : 'block', 'user', suffixFault);
    if ('rule' in parsed) return parsed.rule;
    const { message, hint } = parsed.fault;
    throw new CtError('invalid_argument', `ct network ${op}: '${printable(text)}': ${message}`, {
      hint,
    });
  });
}

/** What a shell makes of a star that nobody quoted: names of files, which a list takes for hosts. */
function refuseFiles(targets: readonly string[]): void {
  if (targets.length < 2 || !targets.every((text) => existsSync(text))) return;
  throw new CtError('invalid_argument', 'ct network allow: all of these are files here', {
    hint: "if the shell made them of a star, quote it:  ct network allow '*.example.com'  (if hosts are meant, name them one at a time)",
  });
}

/**
 * Changes the lists in the configuration file, one process at a time; comments and everything else stay.
 *
 * Errors: invalid_argument for a rule that the other list has · invalid_config for a file that is wrong
 * already · failed_precondition for one that cannot be changed in place · those of the file system
 */
export async function saveChange(
  wish: NetworkWish,
  rules: readonly Rule[],
  context: SessionContext,
): Promise<SavedChange> {
  const onWait = (): void => context.report.verbose('another ct changes the configuration');
  return withLock({ dir: context.paths.stateDir, name: 'config' }, { onWait }, async () => {
    const uid = process.getuid?.() ?? -1;
    const { home, path } = configPlace(context.env);
    const file = readConfigFile(context.env, uid) ?? { path, home, text: '' };
    const { network } = file.text === '' ? DEFAULT_CONFIG : parseConfig(file);
    const plan = planChange(wish, rules, network);
    const text = applyLists(file.text, plan.lists, path);
    if (text !== file.text) {
      // Whatever went wrong in the editing is found here and not by the next run.
      parseConfig({ ...file, text });
      writeConfigFile(context.env, text);
    }
    return { path, added: plan.added, removed: plan.removed, unchanged: plan.unchanged };
  });
}

interface ListChange {
  readonly key: ListName;
  readonly add: readonly string[];
  readonly remove: ReadonlySet<string>;
}

interface Planned {
  readonly lists: readonly ListChange[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly unchanged: readonly string[];
}

function planChange(
  wish: NetworkWish,
  rules: readonly Rule[],
  network: Config['network'],
): Planned {
  const { allow, block } = userRules(network);
  switch (wish.op) {
    case 'clear':
      return removal(() => true, network, []);
    case 'remove': {
      const wanted = (rule: Rule): boolean => rules.some((one) => isSameRule(one, rule));
      const missing = rules.filter((one) => ![...allow, ...block].some((r) => isSameRule(one, r)));
      return removal(wanted, network, missing);
    }
    case 'allow':
    case 'block': {
      const [mine, others] = wish.op === 'allow' ? [allow, block] : [block, allow];
      for (const rule of rules) refuseConflict(wish.op, rule, others);
      const isKnown = (rule: Rule): boolean => mine.some((one) => isSameRule(one, rule));
      const fresh = uniqueRules(rules.filter((rule) => !isKnown(rule)));
      const word = wish.op === 'allow' ? 'allowed' : 'blocked';
      return {
        lists: (['domains', 'ips'] as const).map((kind) => ({
          key: `${word}_${kind}` as const,
          add: fresh.filter((rule) => (rule.kind === 'name') === (kind === 'domains')).map(textOf),
          remove: new Set<string>(),
        })),
        added: fresh.map(textOf),
        removed: [],
        unchanged: rules.filter(isKnown).map(textOf),
      };
    }
  }
}

function removal(
  wanted: (rule: Rule) => boolean,
  network: Config['network'],
  missing: readonly Rule[],
): Planned {
  const keys = ['allowed_domains', 'allowed_ips', 'blocked_domains', 'blocked_ips'] as const;
  const lists = keys.map((key) => {
    const only = { ...DEFAULT_CONFIG.network, [key]: network[key] };
    const { allow, block } = userRules(only);
    return { key, add: [], remove: new Set([...allow, ...block].filter(wanted).map(textOf)) };
  });
  const removed = lists.flatMap(({ remove }) => [...remove]);
  return { lists, added: [], removed, unchanged: missing.map(textOf) };
}

/** The same on both sides is a slip; what block takes all effect from would never be seen to work. */
function refuseConflict(op: 'allow' | 'block', rule: Rule, others: readonly Rule[]): void {
  const blocked = op === 'allow' ? blockedBy(rule, others)[0] : undefined;
  const other = others.find((one) => isSameRule(one, rule));
  if (blocked === undefined && other === undefined) return;
  const by = blocked?.by ?? other?.text ?? '';
  const state = op === 'allow' ? 'blocked' : 'allowed';
  const same = other !== undefined ? '' : ` by '${by}', and block wins`;
  throw new CtError('invalid_argument', `'${rule.text}' is ${state}${same}`, {
    hint: `first:  ct network remove '${by}'`,
  });
}

/** Allowed rules that a new block takes all effect from. */
export function silenced(blocks: readonly Rule[], network: Config['network']): readonly string[] {
  return userRules(network)
    .allow.filter((rule) => blocks.some((block) => covers(block, rule)))
    .map(textOf);
}

/**
 * What to say of a rule that no list of the user has.
 *
 * Errors: always one: not_found
 */
export function notListed(rule: Rule): CtError {
  const agent = agentRuleOf(rule);
  return new CtError('not_found', `no list has '${printable(rule.text)}'`, {
    hint:
      agent === undefined
        ? "'ct network list' shows what there is"
        : `the agent ${agent} brings it along; to take it away:  ct network block '${rule.text}'`,
  });
}

function applyLists(text: string, lists: readonly ListChange[], path: string): string {
  return lists.reduce((before, { key, add, remove }) => {
    if (add.length === 0 && remove.size === 0) return before;
    const edit = { add, removes: (item: string) => remove.has(item.trim()) };
    const after = editList(before, ['network', key], edit);
    if (after !== undefined) return after;
    throw new CtError('failed_precondition', `cannot change network.${key} in ${printable(path)}`, {
      hint: `it is written in a way that ct would have to rewrite; write [network] on a line of its own, and below it:  ${key} = [ ]`,
    });
  }, text);
}

function uniqueRules(rules: readonly Rule[]): readonly Rule[] {
  return rules.filter((rule, at) => rules.findIndex((one) => isSameRule(one, rule)) === at);
}

function textOf({ text }: Rule): string {
  return text;
}
