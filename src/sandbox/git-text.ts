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

/**
 * Whether git has this path in its index. A whole-file search: the names stand there in full (versions 2
 * and 3). In version 4 they are shortened, and the answer is no.
 *
 * Source: gitformat-index(5)
 */
export function isInIndex(index: Uint8Array, path: string): boolean {
  return Buffer.from(index.buffer, index.byteOffset, index.byteLength).includes(`${path}\0`, 12);
}
