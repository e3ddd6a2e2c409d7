/** What of a user's own agent configuration `ct agents import` carries over. */
export const CARRIED_KINDS = ['settings', 'rules', 'skills', 'mcp', 'history'] as const;

/** One of {@link CARRIED_KINDS}. */
export type CarriedKind = (typeof CARRIED_KINDS)[number];

/** A file or directory below the home: what is not listed is not carried, whatever it is. */
export interface CarriedItem {
  readonly kind: CarriedKind;
  readonly path: string;
}

const below = (dir: string, kind: CarriedKind, ...names: readonly string[]): CarriedItem[] =>
  names.map((name) => ({ kind, path: `${dir}/${name}` }));

/** Gemini CLI and its fork have the same directories. */
const geminiLike = (dir: string, rules: string): readonly CarriedItem[] => [
  ...below(dir, 'settings', 'settings.json', 'keybindings.json', 'themes', 'policies'),
  ...below(dir, 'rules', rules),
  ...below(dir, 'skills', 'commands', 'skills', 'agents', 'extensions'),
  ...below(dir, 'history', 'tmp', 'projects', 'history'),
];

/** opencode and its fork: the same directories, under another name. */
const opencodeLike = (dir: string, name: string): readonly CarriedItem[] => [
  ...below(dir, 'settings', `${name}.json`, `${name}.jsonc`, 'config.json', 'tui.json', 'themes'),
  ...below(dir, 'rules', 'AGENTS.md'),
  ...below(dir, 'skills', 'agent', 'agents', 'command', 'commands', 'skill', 'skills', 'mode'),
  ...below(dir, 'skills', 'modes', 'plugin', 'plugins', 'tool', 'tools'),
];

const piLike = (dir: string): readonly CarriedItem[] => [
  ...below(dir, 'settings', 'settings.json', 'models.json', 'keybindings.json', 'themes'),
  ...below(dir, 'rules', 'AGENTS.md', 'SYSTEM.md', 'APPEND_SYSTEM.md'),
  ...below(dir, 'skills', 'skills', 'prompts', 'commands', 'extensions', 'tools', 'agents'),
  ...below(dir, 'mcp', 'mcp.json'),
  ...below(dir, 'history', 'sessions'),
];

/**
 * By agent. Source: the agents' own documentation of their directories; caches, logs, copies of programs
 * and data bases are left out.
 */
export const CARRIED: Readonly<Record<string, readonly CarriedItem[]>> = {
  claude: [
    ...below('.claude', 'settings', 'settings.json', 'keybindings.json', 'output-styles', 'themes'),
    ...below('.claude', 'rules', 'CLAUDE.md', 'rules'),
    ...below('.claude', 'skills', 'skills', 'commands', 'agents', 'hooks'),
    { kind: 'mcp', path: '.claude.json' },
    ...below('.claude', 'history', 'projects', 'history.jsonl'),
  ],
  codex: [
    ...below('.codex', 'settings', 'config.toml', 'themes'),
    ...below('.codex', 'rules', 'AGENTS.md', 'AGENTS.override.md', 'rules'),
    ...below('.codex', 'skills', 'prompts', 'skills', 'agents'),
    ...below('.codex', 'history', 'sessions', 'history.jsonl'),
  ],
  gemini: geminiLike('.gemini', 'GEMINI.md'),
  qwen: geminiLike('.qwen', 'QWEN.md'),
  copilot: [
    ...below('.copilot', 'settings', 'config.json', 'settings.json', 'lsp-config.json'),
    ...below('.copilot', 'rules', 'copilot-instructions.md', 'instructions'),
    ...below('.copilot', 'skills', 'skills', 'agents', 'hooks'),
    ...below('.copilot', 'mcp', 'mcp-config.json'),
    ...below('.copilot', 'history', 'session-state', 'history-session-state'),
  ],
  opencode: [
    ...opencodeLike('.config/opencode', 'opencode'),
    ...below('.local/share/opencode', 'history', 'storage'),
  ],
  kilocode: [
    ...opencodeLike('.config/kilo', 'kilo'),
    ...below('.kilocode', 'rules', 'rules'),
    ...below('.kilocode', 'skills', 'skills', 'workflows'),
    ...below('.local/share/kilo', 'history', 'storage'),
  ],
  amp: [
    ...below('.config/amp', 'settings', 'settings.json', 'settings.jsonc', 'themes'),
    ...below('.config/amp', 'rules', 'AGENTS.md'),
    ...below('.config/amp', 'skills', 'commands', 'skills', 'tools', 'plugins'),
    ...below('.local/share/amp', 'history', 'threads', 'history.jsonl'),
  ],
  cline: [
    ...below('.cline/data', 'settings', 'globalState.json'),
    ...below('.cline/data/settings', 'mcp', 'cline_mcp_settings.json'),
    ...below('Documents/Cline', 'rules', 'Rules'),
    ...below('Documents/Cline', 'skills', 'Workflows', 'Hooks'),
    ...below('.cline', 'skills', 'skills', 'agents'),
    ...below('.cline/data', 'history', 'tasks'),
  ],
  crush: [
    ...below('.config/crush', 'settings', 'crush.json'),
    ...below('.config/crush', 'rules', 'AGENTS.md', 'CRUSH.md'),
    ...below('.config/crush', 'skills', 'skills', 'commands'),
  ],
  droid: [
    ...below('.factory', 'settings', 'settings.json', 'config.json'),
    ...below('.factory', 'rules', 'AGENTS.md'),
    ...below('.factory', 'skills', 'skills', 'commands', 'droids', 'hooks'),
    ...below('.factory', 'mcp', 'mcp.json'),
    ...below('.factory', 'history', 'sessions', 'history.json'),
  ],
  goose: [
    ...below('.config/goose', 'settings', 'config.yaml', 'permission.yaml'),
    ...below('.config/goose', 'rules', '.goosehints'),
    ...below('.config/goose', 'skills', 'recipes', 'skills', 'prompts'),
    ...below('.local/share/goose', 'history', 'sessions'),
  ],
  pi: piLike('.pi/agent'),
  omp: piLike('.omp/agent'),
};
