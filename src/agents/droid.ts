import type { Agent } from './agent.ts';

/** Factory's Droid, from npm. */
export const droid = {
  name: 'droid',
  title: 'Factory Droid',
  install: { kind: 'npm', package: 'droid', version: 'latest' },
  command: 'droid',
  stateDirs: ['.factory'],
  rulesFile: '.factory/AGENTS.md',
  loginFiles: ['.factory/auth.json', '.factory/auth.encrypted'],
  env: {},
  yolo: {
    words: ['--auto', 'high'],
    below: { exec: ['--skip-permissions-unsafe'] },
    decided: ['--auto', '--skip-permissions-unsafe', '--use-spec'],
    env: {},
  },
  secrets: ['FACTORY_API_KEY'],
  domains: ['api.factory.ai', 'app.factory.ai', 'auth.factory.ai'],
} as const satisfies Agent;
