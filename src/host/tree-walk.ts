import { readdirSync } from 'node:fs';

/** A file that the walk came by. */
export interface WalkedFile {
  /** Relative to the root */
  readonly path: string;
  readonly name: string;
  readonly isLink: boolean;
}

/** What the walk saw. */
export interface Walked {
  readonly files: readonly WalkedFile[];
  /** Directories, relative to the root, that have a `.git` of their own */
  readonly repositories: readonly string[];
  readonly isCutShort: boolean;
}

/**
 * Bounds of the walk. It must cost a start next to nothing in a repository of any size, so they are
 * counts and no clock: the same tree gives the same plan.
 */
export const WALK_LIMITS = { depth: 4, directories: 256, entries: 16_384 } as const;

/** Directories that hold what others made: installed packages, build output, caches. */
const SKIPPED = new Set([
  ...['.git', 'node_modules', 'bower_components', 'vendor', '.venv', 'venv', '__pycache__', '.tox'],
  ...[
    'target',
    'dist',
    'build',
    'out',
    '.next',
    '.nuxt',
    '.cache',
    '.gradle',
    '.terraform',
    '.yarn',
  ],
]);

/**
 * Lists the files of a project for which `wanted` holds, outer directories first, without following a
 * link. Directories that cannot be read are passed over.
 */
export function walkTree(
  root: string,
  wanted: (name: string, path: string) => boolean,
  limits: {
    readonly depth: number;
    readonly directories: number;
    readonly entries: number;
  } = WALK_LIMITS,
  skipped: ReadonlySet<string> = SKIPPED,
): Walked {
  const files: WalkedFile[] = [];
  const repositories: string[] = [];
  let [entriesLeft, isCutShort] = [limits.entries, false];
  const queue: { readonly dir: string; readonly depth: number }[] = [{ dir: '', depth: 0 }];
  for (let index = 0; index < queue.length; index++) {
    const { dir, depth } = queue[index] as { dir: string; depth: number };
    if (index >= limits.directories || entriesLeft <= 0)
      return { files, repositories, isCutShort: true };
    for (const entry of entriesOf(`${root}/${dir}`)) {
      if (--entriesLeft < 0) break;
      const { name } = entry;
      const path = `${dir}${name}`;
      if (name === '.git' && dir !== '') repositories.push(dir.slice(0, -1));
      if (entry.isDirectory()) {
        if (skipped.has(name)) continue;
        if (depth + 1 < limits.depth) queue.push({ dir: `${path}/`, depth: depth + 1 });
        else isCutShort = true;
      } else if (wanted(name, path) && (entry.isFile() || entry.isSymbolicLink())) {
        files.push({ path, name, isLink: entry.isSymbolicLink() });
      }
    }
  }
  return { files, repositories, isCutShort };
}

function entriesOf(dir: string) {
  try {
    return readdirSync(dir, { withFileTypes: true });
  } catch {
    return [];
  }
}
