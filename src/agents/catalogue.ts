import type { Agent } from './agent.ts';
import { amp } from './amp.ts';
import { claude } from './claude.ts';
import { cline } from './cline.ts';
import { codex } from './codex.ts';
import { copilot } from './copilot.ts';
import { crush } from './crush.ts';
import { droid } from './droid.ts';
import { gemini } from './gemini.ts';
import { goose } from './goose.ts';
import { kilocode } from './kilocode.ts';
import { omp } from './omp.ts';
import { opencode } from './opencode.ts';
import { pi } from './pi.ts';
import { qwen } from './qwen.ts';
import { shell } from './shell.ts';
import { CtError } from '../base/errors.ts';
import { nearestWord } from '../base/suggest.ts';
import { printable } from '../base/text.ts';

/** Agents by the word that users type. */
export type Catalogue = ReadonlyMap<string, Agent>;

/** Every agent that `ct` knows by itself; the user's own come with the configuration. */
export const CATALOGUE: Catalogue = new Map<string, Agent>(
  [
    ...[claude, codex, gemini, qwen, copilot, opencode, amp, cline],
    ...[crush, droid, goose, kilocode, pi, omp, shell],
  ].map((agent) => [agent.name, agent]),
);

/**
 * The agent called `name`.
 *
 * Errors: not_found, with the names that exist
 */
export function agentNamed(name: string, catalogue: Catalogue = CATALOGUE): Agent {
  const agent = catalogue.get(name);
  if (agent !== undefined) return agent;
  const near = nearestWord(name, catalogue.keys());
  throw new CtError('not_found', `there is no agent called '${printable(name)}'`, {
    hint: `${near === undefined ? '' : `did you mean '${near}'? `}agents: ${[...catalogue.keys()].join(', ')}`,
  });
}
