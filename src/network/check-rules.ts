import { isInBlock, parseAddress } from './address.ts';
import { ruleKey } from './edit.ts';
import type { AddressRule, Rule } from './policy.ts';

/** Something about lists of rules that their user should know. */
export interface RuleNote {
  /** `conflict`: the same is allowed and blocked · `duplicate`: twice the same · `shadowed`: has no effect */
  readonly kind: 'conflict' | 'duplicate' | 'shadowed';
  readonly text: string;
  /** The other rule of the pair */
  readonly by: string;
}

/** Conflicts and duplicates of two lists, in the order in which they were written. */
export function checkRules(allow: readonly Rule[], block: readonly Rule[]): readonly RuleNote[] {
  return [
    ...duplicates(allow),
    ...duplicates(block),
    ...allow.flatMap((rule) => blockedBy(rule, block)),
  ];
}

/** The rule of `block` that takes all effect from an allowed one. */
export function blockedBy(rule: Rule, block: readonly Rule[]): readonly RuleNote[] {
  const other = block.find((candidate) => covers(candidate, rule));
  if (other === undefined) return [];
  const kind = ruleKey(other) === ruleKey(rule) ? 'conflict' : 'shadowed';
  return [{ kind, text: rule.text, by: other.text }];
}

/** Whether everything that `inner` means is in `outer`, which is a rule that blocks. */
export function covers(outer: Rule, inner: Rule): boolean {
  if (outer.ports !== undefined) {
    if (inner.ports === undefined) return false;
    const { ports } = outer;
    if (!inner.ports.every((port) => ports.includes(port))) return false;
  }
  if (outer.kind === 'name') {
    if (inner.kind !== 'name') return false;
    const isBelow = inner.name.endsWith(`.${outer.name}`);
    if (outer.below) return isBelow || (inner.below && inner.name === outer.name);
    return !inner.below && inner.name === outer.name;
  }
  return inner.kind === 'address' && coversAddress(outer, inner);
}

function coversAddress(outer: AddressRule, inner: AddressRule): boolean {
  const base = parseAddress(outer.address);
  const address = parseAddress(inner.address);
  if (base === undefined || address === undefined || outer.prefix > inner.prefix) return false;
  return isInBlock(address, { base, prefix: outer.prefix });
}

function duplicates(rules: readonly Rule[]): readonly RuleNote[] {
  const seen = new Map<string, Rule>();
  return rules.flatMap((rule) => {
    const first = seen.get(ruleKey(rule));
    seen.set(ruleKey(rule), first ?? rule);
    return first === undefined || first.origin !== rule.origin
      ? []
      : [{ kind: 'duplicate' as const, text: rule.text, by: first.text }];
  });
}
