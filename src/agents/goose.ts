import type { Agent } from './agent.ts';

/**
 * goose, from the release archive of its project, by digest: its installer script would fetch the same
 * file, whatever it is that day.
 */
export const goose = {
  name: 'goose',
  title: 'goose',
  install: {
    kind: 'archive',
    version: '1.46.0',
    url: 'https://github.com/aaif-goose/goose/releases/download/v1.46.0/goose-x86_64-unknown-linux-gnu.tar.gz',
    sha256: '23f0f37717406cc13bb55232f68932e152eec596643d26a92f9b21410bce4331',
  },
  command: 'goose',
  stateDirs: ['.config/goose', '.local/share/goose'],
  rulesFile: '.config/goose/.goosehints',
  loginFiles: ['.config/goose/secrets.yaml', '.config/goose/config.yaml'],
  // There is no keyring in a session; its secrets are a file of its own home then.
  env: { GOOSE_DISABLE_KEYRING: '1' },
  yolo: { words: [], decided: [], env: { GOOSE_MODE: 'auto' } },
  secrets: ['ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'GOOGLE_API_KEY', 'OPENROUTER_API_KEY'],
  domains: [],
} as const satisfies Agent;
