import type { NetworkPolicy, Rule } from './policy.ts';

/** One change of a session's policy. */
export type PolicyEdit =
  | { readonly op: 'allow' | 'block' | 'remove'; readonly rules: readonly Rule[] }
  /** Takes away what the user listed; what the agent and the registries need stays */
  | { readonly op: 'clear' };

/**
 * The policy after a change; the very same object when nothing is different. A rule that is already there
 * is not added again; `remove` takes a rule from both lists.
 */
export function applyEdit(policy: NetworkPolicy, edit: PolicyEdit): NetworkPolicy {
  switch (edit.op) {
    case 'allow':
      return replaced(policy, { allow: added(policy.allow, edit.rules), block: policy.block });
    case 'block':
      return replaced(policy, { allow: policy.allow, block: added(policy.block, edit.rules) });
    case 'remove': {
      const stays = (rule: Rule): boolean => !edit.rules.some((gone) => isSameRule(gone, rule));
      return replaced(policy, {
        allow: policy.allow.filter(stays),
        block: policy.block.filter(stays),
      });
    }
    case 'clear': {
      const stays = (rule: Rule): boolean => rule.origin !== 'user';
      return replaced(policy, {
        allow: policy.allow.filter(stays),
        block: policy.block.filter(stays),
      });
    }
  }
}

/** Whether two rules mean the same, however they were written. */
export function isSameRule(a: Rule, b: Rule): boolean {
  return ruleKey(a) === ruleKey(b);
}

/** What a rule means, as a word that can be compared. */
export function ruleKey(rule: Rule): string {
  const ports =
    rule.ports === undefined ? '' : `:${[...rule.ports].sort((a, b) => a - b).join(',')}`;
  return rule.kind === 'name'
    ? `${rule.below ? '*.' : ''}${rule.name}${ports}`
    : `${rule.address}/${rule.prefix}${ports}`;
}

function added(list: readonly Rule[], rules: readonly Rule[]): readonly Rule[] {
  const known = new Set(list.map(ruleKey));
  const fresh = rules.filter((rule) => {
    const key = ruleKey(rule);
    return !known.has(key) && known.add(key);
  });
  return [...list, ...fresh];
}

function replaced(
  policy: NetworkPolicy,
  lists: Pick<NetworkPolicy, 'allow' | 'block'>,
): NetworkPolicy {
  const isSame =
    lists.allow.length === policy.allow.length && lists.block.length === policy.block.length;
  return isSame ? policy : { ...policy, ...lists };
}
