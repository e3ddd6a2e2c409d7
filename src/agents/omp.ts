import type { Agent } from './agent.ts';

/** Oh My Pi, a fork of Pi that runs on Bun, from npm. It has no permissions to skip. */
export const omp = {
  name: 'omp',
  title: 'Oh My Pi',
  install: {
    kind: 'npm',
    package: '@oh-my-pi/pi-coding-agent',
    version: '*',
    beside: ['bun@*'],
  },
  command: 'omp',
  stateDirs: ['.omp'],
  rulesFile: undefined,
  loginFiles: ['.omp/agent/auth.json'],
  env: {},
  yolo: { words: [], decided: [], env: {} },
  secrets: ['ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'GEMINI_API_KEY', 'OPENROUTER_API_KEY'],
  domains: [],
} as const satisfies Agent;
