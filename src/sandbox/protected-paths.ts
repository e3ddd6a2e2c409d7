/** A path of a project that programs of the host execute, or take their orders from. */
export interface ProtectedPath {
  /** Relative to the project */
  readonly name: string;
  /** What reads it on the host */
  readonly why: string;
  /**
   * `stub`: nobody may make it where it is missing, which takes an empty directory as a mount point while
   * the session runs. `report`: one that appears is reported by the review: a directory of that name would
   * break the very programs that read it inside.
   */
  readonly missing: 'stub' | 'report';
}

const stub = (name: string, why: string): ProtectedPath => ({ name, why, missing: 'stub' });
const report = (name: string, why: string): ProtectedPath => ({ name, why, missing: 'report' });

/**
 * Read-only inside unless the user names them writable. `.git` is not here: it has a plan of its own
 * (`git-mounts.ts`).
 *
 * Source: SECURITY WS-01, WS-04, WS-06; CVE-2026-25725 (settings made inside), CVE-2025-59536
 */
export const PROTECTED_PATHS: readonly ProtectedPath[] = [
  stub('.husky', 'git hooks'),
  stub('.vscode', 'tasks and settings of the editor'),
  stub('.idea', 'run configurations of the editor'),
  stub('.devcontainer', 'commands of the editor on the host'),
  stub('.envrc', 'a script of direnv'),
  stub('.mcp.json', 'programs that agents start'),
  stub('.claude', 'hooks and permissions of Claude'),
  stub('.gemini', 'settings of Gemini'),
  stub('.codex', 'settings of Codex'),
  stub('.qwen', 'settings of Qwen'),
  stub('.cursor', 'settings of Cursor'),
  stub('.opencode', 'plug-ins of OpenCode'),
  stub('.ct.toml', 'settings of ct'),
  // Where the configuration names it, `git-mounts.ts` keeps it also when it is missing.
  report('.githooks', 'git hooks'),
  report('.ct', 'settings of ct'),
  report('.devcontainer.json', 'commands of the editor on the host'),
  report('opencode.json', 'programs that OpenCode starts'),
  report('opencode.jsonc', 'programs that OpenCode starts'),
  report('.crush.json', 'programs that Crush starts'),
  report('crush.json', 'programs that Crush starts'),
  report('.amp', 'settings of Amp'),
  report('.factory', 'settings of Droid'),
  report('.kilocode', 'settings of Kilo Code'),
  report('.clinerules', 'rules of Cline'),
  report('.goosehints', 'rules of Goose'),
  report('.pi', 'settings of Pi'),
  report('.construct', 'settings of Construct'),
];

/** Whether the user named this path, or a directory above it, writable. */
export function isNamed(path: string, names: readonly string[]): boolean {
  return names.some((name) => {
    const plain = name.replace(/^\.\/|\/+$/gu, '');
    return path === plain || path.startsWith(`${plain}/`);
  });
}
