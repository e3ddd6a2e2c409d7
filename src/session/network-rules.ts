import { CATALOGUE } from '../agents/catalogue.ts';
import { checkRules, type RuleNote } from '../network/check-rules.ts';
import type { NetworkPolicy, Rule } from '../network/policy.ts';
import { agentRules, planNetwork, registryRules, userRules } from '../plan/network.ts';
import type { SessionContext } from './context.ts';

/** A rule as `ct network list` shows it. */
export interface ListedRule {
  readonly rule: string;
  readonly list: 'allow' | 'block';
  readonly ports: readonly number[] | 'all';
  readonly origin: string;
}

/** All that decides what strict sessions reach. */
export interface RuleListing {
  readonly mode: string;
  /** The session that it is of; `undefined`: of sessions to come */
  readonly session: string | undefined;
  readonly rules: readonly ListedRule[];
  readonly hostServices: readonly string[];
  readonly notes: readonly RuleNote[];
}

/** The rules of sessions to come: of the user, of every agent, and of the host's registries. */
export async function listRules(context: SessionContext): Promise<RuleListing> {
  const { network } = context.config;
  const { readRegistries } = await import('../host/registries.ts');
  const { env, paths } = context;
  const registries = network.registries
    ? await readRegistries(env, paths.home, paths.stateDir)
    : [];
  const user = userRules(network);
  const agents = network.agent_domains ? [...CATALOGUE.values()].flatMap(agentRules) : [];
  const [someAgent] = CATALOGUE.values();
  if (someAgent === undefined) throw new TypeError('there are no agents');
  const policy = planNetwork({ mode: 'strict', network, agent: someAgent, registries });
  const allow = [...user.allow, ...agents, ...registryRules(registries)];
  return listing(network.mode, undefined, { ...policy, allow });
}

/** The rules of a running session, as they are in force. */
export function listPolicy(session: string, policy: NetworkPolicy): RuleListing {
  return listing(policy.mode, session, policy);
}

function listing(mode: string, session: string | undefined, policy: NetworkPolicy): RuleListing {
  const row =
    (list: 'allow' | 'block') =>
    ({ text, ports, origin }: Rule): ListedRule => ({
      rule: text,
      list,
      ports: ports ?? (list === 'allow' ? policy.ports : 'all'),
      origin,
    });
  return {
    mode,
    session,
    rules: [...policy.allow.map(row('allow')), ...policy.block.map(row('block'))],
    hostServices: Object.entries(policy.hostServices).map(
      ([name, { address, port }]) => `${name}.host.ct:${port} is ${address}:${port}`,
    ),
    notes: checkRules(policy.allow, policy.block),
  };
}
