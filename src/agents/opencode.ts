import type { Agent } from './agent.ts';

/** opencode, from npm. */
export const opencode = {
  name: 'opencode',
  title: 'opencode',
  install: { kind: 'npm', package: 'opencode-ai', version: 'latest' },
  command: 'opencode',
  stateDirs: ['.config/opencode', '.local/share/opencode'],
  rulesFile: '.config/opencode/AGENTS.md',
  loginFiles: ['.local/share/opencode/auth.json'],
  env: { OPENCODE_DISABLE_AUTOUPDATE: '1' },
  // Its flag stands at another place for each subcommand; the variable holds for all of them.
  yolo: { words: [], decided: [], env: { OPENCODE_PERMISSION: '{"*":"allow"}' } },
  secrets: [
    'OPENCODE_API_KEY',
    'ANTHROPIC_API_KEY',
    'OPENAI_API_KEY',
    'GEMINI_API_KEY',
    'OPENROUTER_API_KEY',
  ],
  domains: ['opencode.ai', 'api.opencode.ai', 'models.dev'],
} as const satisfies Agent;
