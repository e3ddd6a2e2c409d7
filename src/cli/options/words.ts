/** Words for a program inside, without the one `--` that ended our own options. */
export function dropSeparator(words: readonly string[]): readonly string[] {
  return words[0] === '--' ? words.slice(1) : words;
}
