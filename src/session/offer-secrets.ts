import { rememberAnswer } from '../broker/remember.ts';
import { askYesNo } from '../host/prompt.ts';
import type { SessionPlan } from '../plan/plan.ts';
import type { SessionContext } from './context.ts';

/**
 * Keys that lie in the user's environment and that the agent would read, but was not given: on a
 * terminal one question each, once for all; otherwise one line that says what to type. Resolves to whether
 * something was granted, so that the plan has to be made anew.
 */
export async function offerSecrets(plan: SessionPlan, context: SessionContext): Promise<boolean> {
  const { agent } = plan;
  const { offered } = plan.secrets;
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) {
    const commands = offered.map((name) => `ct secrets grant ${agent} ${name}`).join('; ');
    context.report.note(
      `${offered.join(' and ')} in your environment ${offered.length === 1 ? 'is' : 'are'} not given to ${agent}; to give:  ${commands}`,
    );
    return false;
  }
  let isGranted = false;
  for (const name of offered) {
    const answer = await askYesNo(`Give ${name} to ${agent}?`);
    isGranted ||= answer;
    await rememberAnswer(agent, name, answer ? 'granted' : 'refused', context.paths.stateDir);
  }
  return isGranted;
}
