import type { Agent } from '../agents/agent.ts';
import { CATALOGUE } from '../agents/catalogue.ts';
import { CtError } from '../base/errors.ts';
import type { Config } from '../config/schema.ts';
import { parseAddress } from '../network/address.ts';
import { normaliseName } from '../network/domain-name.ts';
import { portsOf } from '../network/decide.ts';
import { isSameRule } from '../network/edit.ts';
import { parseRule, type RuleList, type SuffixJudge } from '../network/parse-rule.ts';
import type { HostService, NameRule, NetworkPolicy, Rule } from '../network/policy.ts';
import { kindOfText } from '../network/special.ts';
import type { NetworkMode } from './options.ts';

/** Each port has a listener of its own in the session. */
const MAX_PORTS = 128;

/** A place that a tool of the host gets packages from. */
export interface Registry {
  /** `npm`, `pip`, `cargo`, `apt` */
  readonly tool: string;
  /** Name or address */
  readonly host: string;
  readonly port: number;
}

/** What a policy is made of. */
export interface NetworkWish {
  readonly mode: NetworkMode;
  readonly network: Config['network'];
  readonly agent: Agent;
  readonly registries: readonly Registry[];
  readonly record?: 'learn' | 'shadow' | undefined;
}

/**
 * What a session may reach: the user's lists, and for strict what the agent cannot work without and where
 * the host's own tools get their packages.
 *
 * Errors: invalid_config for a rule that is none, with what to write instead
 */
export function planNetwork({
  mode,
  network,
  agent,
  registries,
  record,
}: NetworkWish): NetworkPolicy {
  const user = userRules(network);
  const isStrict = mode === 'strict';
  const theirs = isStrict && network.agent_domains ? agentRules(agent) : [];
  const packages = isStrict && network.registries ? registryRules(registries) : [];
  const policy: NetworkPolicy = {
    schema: 1,
    mode,
    allow: [...user.allow, ...theirs, ...packages],
    block: user.block,
    ports: network.ports.map(Number),
    // A mirror in the house has a private address; the host's own tools are led there as well.
    allowPrivate: [...user.allowPrivate, ...packages.filter((rule) => rule.kind === 'name')],
    hostServices: hostServices(network.host_services),
    ...(record === undefined ? {} : { record }),
  };
  const ports = portsOf(policy);
  if (ports.length > MAX_PORTS) {
    throw new CtError(
      'invalid_config',
      `the network's rules name ${ports.length} different ports`,
      {
        hint: `a session can have ${MAX_PORTS}; leave out what is not needed`,
      },
    );
  }
  return policy;
}

/** The rules of the user's lists. `suffixFault` judges what is behind a star, where it matters. */
export function userRules(network: Config['network'], suffixFault?: SuffixJudge) {
  const rules = (key: ListName, list: RuleList): readonly Rule[] =>
    network[key].map((text) => ruleOf(key, text, list, suffixFault));
  return {
    allow: [...rules('allowed_domains', 'allow'), ...rules('allowed_ips', 'allow')],
    block: [...rules('blocked_domains', 'block'), ...rules('blocked_ips', 'block')],
    allowPrivate: network.allow_private.map((text) => {
      const rule = ruleOf('allow_private', text, 'allow', suffixFault);
      return rule as NameRule;
    }),
  };
}

/** Keys of the configuration that hold rules. */
export const LIST_NAMES = [
  ...(['allowed_domains', 'allowed_ips', 'blocked_domains', 'blocked_ips'] as const),
  'allow_private' as const,
];

/** One of {@link LIST_NAMES}. */
export type ListName = (typeof LIST_NAMES)[number];

function ruleOf(
  key: ListName,
  text: string,
  list: RuleList,
  suffixFault: SuffixJudge | undefined,
): Rule {
  const parsed = parseRule(text, list, 'user', suffixFault);
  if ('fault' in parsed) throw wrongRule(key, text, parsed.fault.message, parsed.fault.hint);
  const wanted = key.endsWith('_ips') ? 'address' : 'name';
  if (parsed.rule.kind === wanted) return parsed.rule;
  const right = key === 'allow_private' ? 'allowed_ips' : otherKey(key);
  const what = wanted === 'name' ? 'an address' : 'a name';
  throw wrongRule(key, text, `this is ${what}`, `it belongs into ${right}`);
}

function otherKey(key: ListName): string {
  return key.endsWith('_ips') ? key.replace('_ips', '_domains') : key.replace('_domains', '_ips');
}

function wrongRule(key: ListName, text: string, message: string, hint: string): CtError {
  return new CtError('invalid_config', `network.${key}: '${text}': ${message}`, {
    hint,
    details: { key: `network.${key}` },
  });
}

/** What an agent brings along. */
export function agentRules(agent: Agent): readonly Rule[] {
  return agent.domains.map((text) => {
    const parsed = parseRule(text, 'allow', `agent ${agent.name}`);
    if ('fault' in parsed) throw new CtError('internal', `${agent.name}: ${parsed.fault.message}`);
    return parsed.rule;
  });
}

/** Name of the agent whose entry brings a rule along. */
export function agentRuleOf(rule: Rule): string | undefined {
  return [...CATALOGUE.values()].find((agent) =>
    agentRules(agent).some((own) => isSameRule(own, rule)),
  )?.name;
}

/** Rules for registries, each on its own port. One on the host's loopback is out of a session's reach. */
export function registryRules(registries: readonly Registry[]): readonly Rule[] {
  const seen = new Set<string>();
  return registries.flatMap(({ tool, host, port }) => {
    const text = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    const isLoopback = host === 'localhost' || kindOfText(host) === 'loopback';
    const isKnown = parseAddress(host) !== undefined || normaliseName(host) !== undefined;
    if (seen.has(text) || isLoopback || !isKnown) return [];
    seen.add(text);
    const parsed = parseRule(text, 'allow', `registry ${tool}`);
    return 'rule' in parsed ? [parsed.rule] : [];
  });
}

/** `db = "127.0.0.1:5432"` → where to dial for `db.host.ct`. */
function hostServices(table: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(table).map(([name, text]) => [name, hostService(name, text)]),
  );
}

function hostService(name: string, text: string): HostService {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+)):([1-9]\d{0,4})$/u.exec(text);
  const address = match?.[1] ?? match?.[2] ?? '';
  const port = Number(match?.[3]);
  if (parseAddress(address) === undefined || !(port < 65_536) || port === 53) {
    throw new CtError(
      'invalid_config',
      `network.host_services.${name}: '${text}' is not address:port`,
      {
        hint: 'write where it listens on this host: db = "127.0.0.1:5432"',
        details: { key: `network.host_services.${name}` },
      },
    );
  }
  return { address, port };
}
