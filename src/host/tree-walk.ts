import { opendirSync, readdirSync, statSync, type Dirent } from 'node:fs';

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
  /** Directories of the account's own, relative to the root, that cannot be looked into or have too long a path */
  readonly closed: readonly string[];
  readonly isCutShort: boolean;
}

/**
 * Bounds of the walk. It must cost a start next to nothing in a repository of any size, so they are
 * counts and no clock: the same tree gives the same plan.
 */
export const WALK_LIMITS = { depth: 4, directories: 256, entries: 16_384 } as const;

/** Of a directory with hundreds of thousands of entries, which must not all come into memory. */
const HUGE_BYTES = 8 * 1024 * 1024;

/** The owner's right to list a directory and to look at what is in it. Source: inode(7) */
const MAY_LOOK = 0o500;

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
 * Lists the files of a project for which `wanted` holds, outer directories first, without following a link. No more
 * of a directory is read than the bounds let, however many entries somebody has put there.
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
  const closed: string[] = [];
  let [entriesLeft, isCutShort] = [limits.entries, false];
  const queue: { readonly dir: string; readonly depth: number }[] = [{ dir: '', depth: 0 }];
  for (let index = 0; index < queue.length; index++) {
    const { dir, depth } = queue[index] as { dir: string; depth: number };
    if (index >= limits.directories || entriesLeft <= 0)
      return { files, repositories, closed, isCutShort: true };
    for (const entry of entriesOf(`${root}/${dir}`, () => closed.push(dir.slice(0, -1)))) {
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
  return { files, repositories, closed, isCutShort: isCutShort || entriesLeft < 0 };
}

/** One that has just gone, or is another account's and shut, has no entries: no agent can have made it so. */
function entriesOf(path: string, onClosed: () => void): Iterable<Dirent> {
  try {
    const { uid, mode, size } = statSync(path);
    if (uid === process.getuid?.() && (mode & MAY_LOOK) !== MAY_LOOK) {
      onClosed();
      return [];
    }
    // One at a time is three times as slow.
    return size > HUGE_BYTES ? eachOf(path) : readdirSync(path, { withFileTypes: true });
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENAMETOOLONG') onClosed();
    return [];
  }
}

function* eachOf(path: string): Generator<Dirent> {
  const dir = opendirSync(path, { bufferSize: 512 });
  try {
    for (let entry = dir.readSync(); entry !== null; entry = dir.readSync()) yield entry;
  } finally {
    dir.closeSync();
  }
}
