import type { Agent } from './agent.ts';

/** Pi, from npm. It has no permissions to skip. */
export const pi = {
  name: 'pi',
  title: 'Pi',
  install: { kind: 'npm', package: '@earendil-works/pi-coding-agent', version: '*' },
  command: 'pi',
  stateDirs: ['.pi'],
  rulesFile: '.pi/agent/AGENTS.md',
  loginFiles: ['.pi/agent/auth.json'],
  env: {},
  yolo: { words: [], decided: [], env: {} },
  secrets: [
    ...['ANTHROPIC_API_KEY', 'ANTHROPIC_OAUTH_TOKEN', 'OPENAI_API_KEY', 'GEMINI_API_KEY'],
    ...['GROQ_API_KEY', 'XAI_API_KEY', 'OPENROUTER_API_KEY', 'ZAI_API_KEY'],
  ],
  domains: [],
} as const satisfies Agent;
