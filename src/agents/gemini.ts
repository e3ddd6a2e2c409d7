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
  // Source: google-gemini/gemini-cli docs/get-started/authentication.md
  secrets: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
} as const satisfies Agent;
