import type { Agent } from './agent.ts';

/** Gemini CLI, from npm. */
export const gemini = {
  name: 'gemini',
  title: 'Gemini CLI',
  install: { kind: 'npm', package: '@google/gemini-cli', version: 'latest' },
  command: 'gemini',
  stateDirs: ['.gemini'],
  // It would restart itself to raise its heap limit: half a second for nothing in a container.
  env: { GEMINI_CLI_NO_RELAUNCH: 'true' },
} as const satisfies Agent;
