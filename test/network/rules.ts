import { suffixFault } from '../../src/network/public-suffix.ts';
import { parseRule, type RuleList } from '../../src/network/parse-rule.ts';
import type { NameRule, NetworkPolicy, Rule } from '../../src/network/policy.ts';

/** A rule as a user writes it; throws for what is none. */
export function rule(text: string, list: RuleList = 'block', origin = 'user'): Rule {
  const parsed = parseRule(text, list, origin, suffixFault);
  if ('fault' in parsed) throw new Error(`${text}: ${parsed.fault.message}`);
  return parsed.rule;
}

/** A policy from texts. */
export function policyOf(
  parts: {
    allow?: readonly string[];
    block?: readonly string[];
    private?: readonly string[];
  } & Partial<Omit<NetworkPolicy, 'allow' | 'block'>>,
): NetworkPolicy {
  const { allow = [], block = [], private: names = [], ...rest } = parts;
  return {
    ...{ schema: 1, mode: 'strict', ports: [80, 443], hostServices: {} },
    ...rest,
    allow: allow.map((text) => rule(text)),
    block: block.map((text) => rule(text)),
    allowPrivate: names.map((text) => rule(text) as NameRule),
  };
}
