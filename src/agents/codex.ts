import type { Agent } from './agent.ts';

/** OpenAI Codex, from npm. Its own sandbox needs namespaces that a session does not give; ct is the wall. */
export const codex = {
  name: 'codex',
  title: 'OpenAI Codex',
  install: { kind: 'npm', package: '@openai/codex', version: 'latest' },
  command: 'codex',
  stateDirs: ['.codex'],
  rulesFile: '.codex/AGENTS.md',
  loginFiles: ['.codex/auth.json'],
  env: {},
  yolo: {
    words: ['--dangerously-bypass-approvals-and-sandbox'],
    decided: [
      ...['--dangerously-bypass-approvals-and-sandbox', '--yolo', '--approve-for-me'],
      ...['-a', '--ask-for-approval', '-s', '--sandbox'],
    ],
    env: {},
  },
  secrets: ['OPENAI_API_KEY', 'CODEX_API_KEY', 'CODEX_ACCESS_TOKEN'],
  domains: ['api.openai.com', 'auth.openai.com', 'chatgpt.com'],
} as const satisfies Agent;
