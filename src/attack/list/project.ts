import type { Attempt } from '../attempt.ts';

const project = {
  group: 'project',
  stage: 'agent',
  expect: 'refused',
  held: [
    'EROFS',
    'EACCES',
    'EPERM',
    'EBUSY',
    'ENOTDIR',
    'EISDIR',
    'EXDEV',
    'ENOTEMPTY',
    'EEXIST',
    'ENOENT',
  ],
} as const;

/** Paths that hosts execute or obey; these are in the throw-away project before the session starts. */
const THERE = ['.git/hooks/pre-commit', '.git/config', '.vscode/tasks.json', '.envrc', '.mcp.json'];
/** The same, not there yet. */
const MISSING = [
  ...['.git/hooks/post-checkout', '.husky/pre-push', '.idea/workspace.xml'],
  ...['.claude/settings.json', '.claude/settings.local.json', '.devcontainer/devcontainer.json'],
];

/** The project directory. The session's current directory is the project. */
export const projectAttempts: readonly Attempt[] = [
  {
    ...project,
    id: 'WS-01.1',
    title: 'hooks and settings that are there',
    cve: ['CVE-2025-59536', 'CVE-2026-22708'],
    run: ['plant', ...THERE],
  },
  {
    ...project,
    id: 'WS-02.1',
    title: 'hooks and settings not there yet',
    cve: ['CVE-2026-25725'],
    run: ['plant', ...MISSING],
  },
  {
    ...project,
    id: 'WS-01.2',
    title: 'replacing or removing them',
    run: ['replace', '.git/config', '.envrc', '.mcp.json'],
  },
  {
    ...project,
    id: 'WS-01.3',
    title: "a submodule's hooks",
    run: ['plant', '.git/modules/sub/hooks/post-checkout', '.git/modules/sub/config'],
  },
  {
    ...project,
    id: 'WS-06',
    title: "ct's own project file",
    cve: ['CVE-2026-33068', 'CVE-2025-61260'],
    run: ['plant', '{ctProjectFile}'],
  },
  {
    ...project,
    id: 'WS-07.1',
    title: 'tokens in .env files and private keys',
    run: [
      'read_hidden',
      '{hidden}',
      '.env',
      '.env.production',
      'deploy/id_ed25519',
      'deploy/tls.key',
    ],
    expect: 'hidden',
    held: ['hidden'],
  },
  {
    ...project,
    id: 'WS-07.2',
    title: 'the same, moved, linked or renamed',
    run: ['read_hidden_otherwise', '{hidden}', 'deploy', 'id_ed25519'],
    expect: 'hidden',
    held: ['hidden'],
  },
  {
    ...project,
    id: 'WS-08.2',
    title: 'traps for who looks at the project',
    cve: ['CVE-2021-42574'],
    run: ['set_traps', '{canaryDir}'],
    expect: 'planted',
    held: ['planted'],
    trap: true,
  },
  {
    ...project,
    id: 'WS-01.4',
    title: 'moving .git aside and making another',
    run: ['swap_parent', '.git', 'hooks/pre-commit'],
  },
  {
    ...project,
    id: 'WS-02.2',
    title: 'what the host would execute afterwards',
    cve: ['CVE-2026-25725'],
    stage: 'outside',
    run: ['project'],
    expect: 'as before',
    held: ['as before'],
  },
  {
    ...project,
    id: 'WS-02.3',
    title: 'stubs that ct leaves in the project',
    stage: 'outside',
    run: ['stubs'],
    expect: 'none',
    held: ['none'],
  },
  {
    ...project,
    id: 'ESC-25',
    title: "names that drive the terminal, in ct's words",
    cve: ['CVE-2021-42574'],
    stage: 'outside',
    run: ['terminal'],
    expect: 'printable',
    held: ['printable'],
  },
  {
    ...project,
    id: 'WS-08.3',
    title: 'keeping ct from ending by traps',
    stage: 'outside',
    run: ['ending'],
    expect: 'ended',
    held: ['ended'],
  },
];
