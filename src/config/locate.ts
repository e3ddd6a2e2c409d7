/** A place in a text; both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * Where a key stands in a TOML text that is known to be valid. A key inside an inline table is found
 * at the key that the table belongs to.
 *
 * `undefined` when not even the first word of the path is there.
 */
export function locateKey(text: string, path: readonly string[]): Position | undefined {
  const scanner = new KeyScanner(text);
  let best: { readonly depth: number; readonly offset: number } | undefined;
  for (const found of scanner.keys()) {
    const shared = found.path.length <= path.length ? found.path.length : path.length;
    const isOnTheWay = found.path.slice(0, shared).every((word, index) => word === path[index]);
    if (isOnTheWay && shared > (best?.depth ?? 0)) best = { depth: shared, offset: found.offset };
    if (best?.depth === path.length) break;
  }
  return best === undefined ? undefined : positionOf(text, best.offset);
}

function positionOf(text: string, offset: number): Position {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

/** A key or a table's header, and where it stands. */
export interface FoundKey {
  readonly path: readonly string[];
  readonly offset: number;
  readonly isHeader: boolean;
  /** Where the value begins and where its statement ends, comment included; the header's for a header */
  readonly value: number;
  readonly end: number;
}

/** Walks over statements; strings, comments and brackets are skipped, not understood. */
export class KeyScanner {
  readonly #text: string;
  #at = 0;
  #table: readonly string[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  *keys(): Generator<FoundKey> {
    for (;;) {
      this.#skip(/(?:\s|#[^\n]*)*/uy);
      if (this.#at >= this.#text.length) return;
      const isHeader = this.#skip(/\[\[?[ \t]*/uy);
      const offset = this.#at;
      const words = this.#dottedKey();
      if (words.length === 0) return;
      if (isHeader) this.#table = words;
      this.#skip(isHeader ? /[ \t]*\]\]?/uy : /[ \t]*=[ \t]*/uy);
      const value = this.#at;
      if (!isHeader) this.#skipValue();
      const end = this.#at;
      yield { path: isHeader ? words : [...this.#table, ...words], offset, isHeader, value, end };
    }
  }

  #dottedKey(): string[] {
    const words: string[] = [];
    do {
      const word = this.#take(/"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[\w-]+/uy);
      if (word === '') break;
      words.push(unquote(word));
    } while (this.#skip(/[ \t]*\.[ \t]*/uy));
    return words;
  }

  #skipValue(): void {
    let depth = 0;
    while (this.#at < this.#text.length) {
      if (this.#skip(STRING)) continue;
      const char = this.#text[this.#at];
      if (char === '#') {
        this.#skip(/#[^\n]*/uy);
        continue;
      }
      if (char === '[' || char === '{') depth++;
      if (char === ']' || char === '}') depth--;
      if (char === '\n' && depth === 0) return;
      this.#at++;
    }
  }

  #skip(pattern: RegExp): boolean {
    return this.#take(pattern) !== '';
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }
}

/** The four kinds of TOML string. */
export const STRING = /"""(?:[^\\]|\\[^])*?"{3,5}|'''[^]*?'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'/uy;

/** The text of a key or a string on one line. */
export function unquote(word: string): string {
  if (word.startsWith("'")) return word.slice(1, -1);
  if (!word.startsWith('"')) return word;
  try {
    return JSON.parse(word) as string;
  } catch {
    return word.slice(1, -1);
  }
}
