import type { Agent } from './agent.ts';

/** Crush, from npm; the package fetches the program from GitHub while it installs. */
export const crush = {
  name: 'crush',
  title: 'Crush',
  install: { kind: 'npm', package: '@charmland/crush', version: 'latest' },
  command: 'crush',
  stateDirs: ['.config/crush', '.local/share/crush'],
  rulesFile: '.config/crush/AGENTS.md',
  loginFiles: ['.local/share/crush/crush.json'],
  env: {},
  // `crush run` never asks and does not know the flag.
  yolo: { words: ['--yolo'], below: { run: [] }, decided: ['-y', '--yolo'], env: {} },
  secrets: [
    'ANTHROPIC_API_KEY',
    'OPENAI_API_KEY',
    'OPENROUTER_API_KEY',
    'GEMINI_API_KEY',
    'GROQ_API_KEY',
  ],
  domains: ['catwalk.charm.sh'],
} as const satisfies Agent;
