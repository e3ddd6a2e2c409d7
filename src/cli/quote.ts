/** A word as a POSIX shell reads it back: bare if it is plain, otherwise in single quotes. */
export function quoteForShell(word: string): string {
  if (/^[\w@%+=:,./-]+$/u.test(word)) return word;
  return `'${word.replaceAll("'", "'\\''")}'`;
}
