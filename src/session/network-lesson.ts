import { shell } from '../agents/shell.ts';
import { CATALOGUE } from '../agents/catalogue.ts';
import { learn, type Lesson } from '../network/learn.ts';
import type { NetworkRecord } from '../network/record.ts';
import { agentRules, planNetwork } from '../plan/network.ts';
import type { SessionContext } from './context.ts';

/**
 * What a log says about the rules that sessions would have now: the user's, every agent's (a log does not
 * say which one wrote it), and the host's registries.
 */
export async function lessonOf(
  records: readonly NetworkRecord[],
  context: SessionContext,
): Promise<Lesson> {
  const { network } = context.config;
  const { readRegistries } = await import('../host/registries.ts');
  const registries = network.registries
    ? await readRegistries(context.env, context.paths.home, context.paths.stateDir)
    : [];
  const policy = planNetwork({ mode: 'strict', network, agent: shell, registries });
  const agents = network.agent_domains ? [...CATALOGUE.values()].flatMap(agentRules) : [];
  return learn(records, { ...policy, allow: [...policy.allow, ...agents] });
}
