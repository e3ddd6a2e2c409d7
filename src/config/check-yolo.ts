import { nearestWord } from '../base/suggest.ts';
import type { Finding } from './check.ts';
import type { Config } from './schema.ts';

/**
 * Checks that every word of `yolo.agents` is an agent: of `catalogue`, or the user's own. One that is none would go on
 * asking, and nobody would know why.
 */
export function checkYolo(
  { yolo, agents }: Pick<Config, 'yolo' | 'agents'>,
  catalogue: Iterable<string>,
): Finding | undefined {
  const known = [...catalogue, ...Object.keys(agents), 'all'];
  const wrong = yolo.agents.find((word) => !known.includes(word.toLowerCase()));
  if (wrong === undefined) return undefined;
  const near = nearestWord(wrong.toLowerCase(), known);
  return {
    path: ['yolo', 'agents'],
    message: `yolo.agents: expected names of agents, found the text ${JSON.stringify(wrong)}`,
    hint: near === undefined ? `agents: ${known.join(', ')}` : `did you mean "${near}"?`,
  };
}
