import type { Agent } from './agent.ts';

/** Claude Code, from npm. It refuses to skip permissions as uid 0; a session is uid 1000. */
export const claude = {
  name: 'claude',
  title: 'Claude Code',
  install: { kind: 'npm', package: '@anthropic-ai/claude-code', version: 'latest' },
  command: 'claude',
  stateDirs: ['.claude'],
  rulesFile: '.claude/CLAUDE.md',
  loginFiles: ['.claude/.credentials.json'],
  // Its place is read-only; ct updates it.
  env: { DISABLE_AUTOUPDATER: '1' },
  yolo: {
    words: ['--dangerously-skip-permissions'],
    decided: ['--dangerously-skip-permissions', '--permission-mode'],
    env: {},
  },
  // Source: Claude Code docs, environment variables. ANTHROPIC_AUTH_TOKEN wins over the key.
  secrets: ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'CLAUDE_CODE_OAUTH_TOKEN'],
  domains: ['api.anthropic.com', 'claude.ai', 'platform.claude.com', 'console.anthropic.com'],
} as const satisfies Agent;
