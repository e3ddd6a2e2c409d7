import type { Agent } from './agent.ts';

/** GitHub Copilot CLI, from npm. */
export const copilot = {
  name: 'copilot',
  title: 'GitHub Copilot CLI',
  install: { kind: 'npm', package: '@github/copilot', version: 'latest' },
  command: 'copilot',
  stateDirs: ['.copilot'],
  rulesFile: '.copilot/copilot-instructions.md',
  loginFiles: [],
  env: { COPILOT_AUTO_UPDATE: 'false' },
  yolo: {
    words: ['--allow-all-tools'],
    decided: ['--allow-all-tools', '--allow-all', '--yolo', '--allow-tool', '--deny-tool'],
    env: {},
  },
  // In the order in which it looks.
  secrets: ['COPILOT_GITHUB_TOKEN', 'GH_TOKEN', 'GITHUB_TOKEN'],
  // Source: GitHub docs, Copilot allowlist reference
  domains: [
    'github.com',
    'api.github.com',
    '*.githubcopilot.com',
    'copilot-proxy.githubusercontent.com',
  ],
} as const satisfies Agent;
