/** Where a `.git` file points to; `undefined` when it is none of git's. Source: gitrepository-layout(5) */
export function parseGitFile(text: string): string | undefined {
  const found = /^gitdir: ([^\n\0]+)\n*$/u.exec(text)?.[1];
  return found === undefined || found.length > 4096 ? undefined : found;
}

/** What a repository's configuration says, as far as it names paths that git then executes or reads. */
export interface GitConfigPaths {
  readonly hooksPath: readonly string[];
  readonly includes: readonly string[];
  readonly worktree: string | undefined;
}

/**
 * Reads the paths out of a configuration. Not a full parser: one too many costs nothing (a path that is
 * protected in vain), so whatever may be a value counts.
 *
 * Source: git-config(1) "Syntax"
 */
export function parseGitConfig(text: string): GitConfigPaths {
  const all = (key: string): string[] =>
    [...text.matchAll(new RegExp(`(?:^|\\])[ \\t]*${key}[ \\t]*=[ \\t]*(.*)$`, 'gimu'))].map(
      ([, value = '']) => unquote(value),
    );
  return {
    hooksPath: all('hookspath'),
    includes: all('path'),
    worktree: all('worktree').at(-1),
  };
}

function unquote(value: string): string {
  const bare = value.trim();
  const quoted = /^"((?:[^"\\]|\\.)*)"/u.exec(bare)?.[1];
  return (quoted ?? bare.replace(/[ \t][#;].*$/u, '')).replace(/\\(["\\])/gu, '$1');
}

/** Where the first entry of an index begins, `bytes` */
const INDEX_HEAD = 12;
/** Of an entry, what is before the object's id, `bytes` */
const ENTRY_STAT = 40;
/** Its name is this long, or longer */
const LONG_NAME = 0xfff;
const EXTENDED = 0x4000;

/**
 * The id of the object that git's index has for each of `paths`, in hexadecimal; without those that it has not.
 * Entry by entry: what a name ends with is not in the index by that. In version 4 names are shortened, and there is
 * no answer, as in a file that is no index.
 *
 * Source: gitformat-index(5)
 */
export function indexedBlobs(index: Buffer, paths: readonly string[]): ReadonlyMap<string, string> {
  // The file does not say how long its ids are: SHA-1's, or those of SHA-256.
  return blobsOf(index, paths, 20) ?? blobsOf(index, paths, 32) ?? new Map<string, string>();
}

function blobsOf(
  index: Buffer,
  paths: readonly string[],
  idBytes: number,
): ReadonlyMap<string, string> | undefined {
  if (index.length < INDEX_HEAD || index.toString('latin1', 0, 4) !== 'DIRC') return undefined;
  const version = index.readUInt32BE(4);
  if (version !== 2 && version !== 3) return undefined;
  const wanted = new Map(paths.map((path) => [Buffer.from(path).toString('latin1'), path]));
  const found = new Map<string, string>();
  let at = INDEX_HEAD;
  for (let left = index.readUInt32BE(8); left > 0; left -= 1) {
    const flagsAt = at + ENTRY_STAT + idBytes;
    if (flagsAt + 4 > index.length) return undefined;
    const flags = index.readUInt16BE(flagsAt);
    const nameAt = flagsAt + ((flags & EXTENDED) === 0 ? 2 : 4);
    const end = index.indexOf(0, nameAt);
    const length = flags & LONG_NAME;
    if (end < 0 || (length === LONG_NAME ? end - nameAt < length : end - nameAt !== length))
      return undefined;
    const path = wanted.get(index.toString('latin1', nameAt, end));
    if (path !== undefined) found.set(path, index.toString('hex', at + ENTRY_STAT, flagsAt));
    // Padded with one to eight zeroes.
    at += (end - at + 8) & ~7;
  }
  return found;
}
