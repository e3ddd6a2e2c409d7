import type { Agent } from './agent.ts';

/** Gemini CLI, from npm. */
export const gemini = {
  name: 'gemini',
  title: 'Gemini CLI',
  install: { kind: 'npm', package: '@google/gemini-cli', version: '*' },
  command: 'gemini',
  stateDirs: ['.gemini'],
  rulesFile: '.gemini/GEMINI.md',
  loginFiles: ['.gemini/oauth_creds.json'],
  // It would restart itself to raise its heap limit: half a second for nothing in a container.
  env: { GEMINI_CLI_NO_RELAUNCH: 'true' },
  yolo: {
    words: ['--yolo'],
    decided: ['-y', '--yolo', '--approval-mode'],
    // In a folder that was not trusted it goes back to asking.
    env: { GEMINI_CLI_TRUST_WORKSPACE: 'true' },
  },
  // With an API key · with a Google account (Code Assist) · its sign-in and who signed in · Vertex AI.
  domains: [
    'generativelanguage.googleapis.com',
    'cloudcode-pa.googleapis.com',
    ...['accounts.google.com', 'oauth2.googleapis.com', 'www.googleapis.com'],
    'aiplatform.googleapis.com',
  ],
  // Source: google-gemini/gemini-cli docs/get-started/authentication.md
  secrets: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
} as const satisfies Agent;
