import type { Agent } from './agent.ts';

/** A program and its arguments, with the variables that belong to them. */
export interface CommandLine {
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The command line of an agent. The user's arguments stay as they are and in their order; with `yolo`
 * the agent's own words for it stand before them, unless one of them decides that already. What comes
 * after `--` is no option.
 */
export function commandLine(agent: Agent, args: readonly string[], yolo: boolean): CommandLine {
  const plain = { words: [agent.command, ...args], env: {} };
  if (!yolo || isDecided(agent, args)) return plain;
  const { words, below = {}, env } = agent.yolo;
  const [first, ...rest] = args;
  if (first !== undefined && Object.hasOwn(below, first)) {
    return { words: [agent.command, first, ...(below[first] ?? []), ...rest], env };
  }
  return { words: [agent.command, ...words, ...args], env };
}

/** Whether the user has said himself how much the agent may do unasked. */
function isDecided(agent: Agent, args: readonly string[]): boolean {
  const end = args.indexOf('--');
  const options = end === -1 ? args : args.slice(0, end);
  return options.some((word) =>
    agent.yolo.decided.some((option) => word === option || word.startsWith(`${option}=`)),
  );
}
