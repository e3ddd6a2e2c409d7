import type { Agent } from './agent.ts';

/** A plain shell in the same sandbox: for a look around, and for programs that are not agents. */
export const shell = {
  name: 'shell',
  title: 'Shell',
  install: { kind: 'none' },
  // By its path: PATH begins in the agent's home, where an earlier session may have left another bash.
  command: '/bin/bash',
  stateDirs: [],
  rulesFile: undefined,
  loginFiles: [],
  env: {},
  yolo: { words: [], decided: [], env: {} },
  domains: [],
  secrets: [],
} as const satisfies Agent;
