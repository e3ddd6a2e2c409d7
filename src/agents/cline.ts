import type { Agent } from './agent.ts';

/** Cline, from npm. Since version 3 it approves everything itself unless told otherwise. */
export const cline = {
  name: 'cline',
  title: 'Cline',
  install: { kind: 'npm', package: 'cline', version: 'latest' },
  command: 'cline',
  stateDirs: ['.cline'],
  rulesFile: 'Documents/Cline/Rules/AGENTS.md',
  loginFiles: [],
  env: {},
  // Its old --yolo forces a run without a terminal and ends it after ten minutes.
  yolo: { words: ['--auto-approve', 'true'], decided: ['--auto-approve', '--yolo', '-y'], env: {} },
  secrets: ['ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'OPENROUTER_API_KEY', 'CLINE_API_KEY'],
  domains: ['api.cline.bot', 'app.cline.bot'],
} as const satisfies Agent;
