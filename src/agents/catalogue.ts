import type { Agent } from './agent.ts';
import { gemini } from './gemini.ts';
import { shell } from './shell.ts';
import { CtError } from '../base/errors.ts';
import { nearestWord } from '../base/suggest.ts';
import { printable } from '../base/text.ts';

/** Every agent that `ct` knows, by name. */
export const CATALOGUE: ReadonlyMap<string, Agent> = new Map(
  [gemini, shell].map((agent) => [agent.name, agent]),
);

/**
 * The agent called `name`.
 *
 * Errors: not_found, with the names that exist
 */
export function agentNamed(name: string): Agent {
  const agent = CATALOGUE.get(name);
  if (agent !== undefined) return agent;
  const near = nearestWord(name, CATALOGUE.keys());
  throw new CtError('not_found', `there is no agent called '${printable(name)}'`, {
    hint: `${near === undefined ? '' : `did you mean '${near}'? `}agents: ${[...CATALOGUE.keys()].join(', ')}`,
  });
}
