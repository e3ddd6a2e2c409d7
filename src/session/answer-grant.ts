import { findAgent } from '../plan/agents.ts';
import { rememberAnswer } from '../broker/remember.ts';
import type { Answer } from '../broker/remembered.ts';
import { checkedName } from '../secrets/names.ts';
import type { SessionContext } from './context.ts';

/**
 * Keeps what the user says about an agent and a secret; resolves to whether the configuration grants it too.
 *
 * Errors: not_found for an unknown agent; invalid_argument for a name that cannot be a secret's
 */
export async function answerGrant(
  wish: { readonly agent: string; readonly name: string; readonly answer: Answer },
  context: SessionContext,
): Promise<{ readonly isConfigured: boolean }> {
  const name = checkedName(wish.name);
  const agent = findAgent(wish.agent, context.config).name;
  await rememberAnswer(agent, name, wish.answer, context.paths.stateDir);
  const {
    secrets = [],
    secret_files = [],
    required_secrets = [],
  } = context.config.agents[agent] ?? {};
  return { isConfigured: [...secrets, ...secret_files, ...required_secrets].includes(name) };
}
