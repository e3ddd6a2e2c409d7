/**
 * Sets of Debian packages (trixie, main) that a user adds by name: `[apt] tiers` in packages.toml. What the
 * first image has, the tier `core`, is `PACKAGES` in base.ts: it is never chosen.
 */
export const TIERS = {
  /** Small programs of the command line that people and agents reach for */
  tools: [
    ...['bat', 'eza', 'fd-find', 'fzf', 'gh', 'git-delta', 'hyperfine', 'jq', 'just', 'neovim'],
    ...[
      'rsync',
      'sd',
      'shellcheck',
      'sqlite3',
      'tmux',
      'tree',
      'unzip',
      'wget',
      'yamllint',
      'yq',
      'zip',
    ],
  ],
  /** Compilers and interpreters beside Node and Python */
  languages: [
    ...['build-essential', 'cargo', 'cmake', 'default-jdk-headless', 'elixir', 'erlang-base'],
    ...['golang-go', 'libnode-dev', 'lua5.4', 'maven', 'perl', 'php-cli', 'pkg-config', 'python3'],
    ...['python3-dev', 'python3-pip', 'python3-venv', 'ruby', 'ruby-dev', 'rustc'],
  ],
  /** A browser that agents can drive, with what it draws text with */
  browsers: [
    ...['chromium', 'chromium-driver', 'chromium-sandbox', 'fonts-liberation'],
    ...['fonts-noto-color-emoji', 'xauth', 'xvfb'],
  ],
} as const;

/** Name of a tier. */
export type TierName = keyof typeof TIERS;

/**
 * Debian packages without which a manager cannot install, or what it installed cannot run. They come into
 * the layer by themselves.
 */
export const MANAGER_NEEDS = {
  npm: [],
  pip: ['python3', 'python3-pip', 'python3-venv'],
  cargo: ['build-essential', 'cargo', 'pkg-config'],
  gems: ['build-essential', 'ruby', 'ruby-dev'],
} as const;

/** Sorted, each once: what the layer is to hold. */
export function layerPackages(wish: {
  readonly tiers: readonly TierName[];
  readonly packages: readonly string[];
  readonly managers: readonly (keyof typeof MANAGER_NEEDS)[];
}): readonly string[] {
  const all = [
    ...wish.tiers.flatMap((tier) => TIERS[tier]),
    ...wish.managers.flatMap((manager) => MANAGER_NEEDS[manager]),
    ...wish.packages,
  ];
  return [...new Set<string>(all)].sort();
}
