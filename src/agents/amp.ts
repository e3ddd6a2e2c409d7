import type { Agent } from './agent.ts';

/** Amp, from npm. */
export const amp = {
  name: 'amp',
  title: 'Amp',
  install: { kind: 'npm', package: '@sourcegraph/amp', version: 'latest' },
  command: 'amp',
  stateDirs: ['.config/amp', '.local/share/amp'],
  rulesFile: '.config/amp/AGENTS.md',
  loginFiles: ['.local/share/amp/secrets.json'],
  env: {},
  // It is taken, though the help names only the setting amp.dangerouslyAllowAll.
  yolo: {
    words: ['--dangerously-allow-all'],
    decided: ['--dangerously-allow-all'],
    env: {},
  },
  secrets: ['AMP_API_KEY'],
  domains: ['ampcode.com', '*.ampcode.com'],
} as const satisfies Agent;
