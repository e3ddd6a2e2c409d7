import { findAgent } from '../plan/agents.ts';
import type { SessionPlan } from '../plan/plan.ts';
import type { SessionContext } from './context.ts';
import { isLoggedIn } from './login.ts';

/**
 * Says after a failure without a terminal that the agent had neither a key nor a login, and what to type: agents
 * themselves then name files inside their home. On a terminal they ask for a login.
 */
export function tellKeyless(
  { agent: name, secrets }: Pick<SessionPlan, 'agent' | 'secrets'>,
  context: Pick<SessionContext, 'config' | 'paths' | 'report'>,
): void {
  const agent = findAgent(name, context.config);
  const [key] = agent.secrets;
  if (key === undefined || secrets.grants.length > 0 || isLoggedIn(agent, context) !== false)
    return;
  context.report.note(
    `${name} had no key and no login; to give it one:  ct secrets set ${key} && ct secrets grant ${name} ${key}`,
  );
}
