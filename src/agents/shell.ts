import type { Agent } from './agent.ts';

/** A plain shell in the same sandbox: for a look around, and for programs that are not agents. */
export const shell = {
  name: 'shell',
  title: 'Shell',
  install: { kind: 'none' },
  command: 'bash',
  stateDirs: [],
  rulesFile: undefined,
  loginFiles: [],
  env: {},
  yolo: { words: [], decided: [], env: {} },
  domains: [],
  secrets: [],
} as const satisfies Agent;
