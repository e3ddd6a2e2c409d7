import type { Agent } from './agent.ts';

/** Kilo Code, from npm. */
export const kilocode = {
  name: 'kilocode',
  title: 'Kilo Code',
  install: { kind: 'npm', package: '@kilocode/cli', version: 'latest' },
  command: 'kilo',
  stateDirs: ['.kilocode', '.config/kilo', '.local/share/kilo'],
  rulesFile: '.config/kilo/AGENTS.md',
  loginFiles: ['.local/share/kilo/auth.json'],
  env: {},
  yolo: { words: [], below: { run: ['--auto'] }, decided: ['--auto', '--yolo'], env: {} },
  secrets: ['KILO_API_KEY', 'KILOCODE_TOKEN', 'ANTHROPIC_API_KEY', 'OPENAI_API_KEY'],
  domains: ['api.kilo.ai', 'kilo.ai', 'api.kilocode.ai'],
} as const satisfies Agent;
