/** Deeper nesting would end in a stack that overflows. */
const MAX_DEPTH = 200;

/**
 * JSON with comments and commas that stand too much, as agents' settings have them; `undefined` for
 * anything else. Wrapped, since `null` is data too.
 */
export function readJson(text: string): { readonly data: unknown } | undefined {
  const plain = text.replace(/^\ufeff/u, '');
  const scanned = scan(plain);
  if (scanned.depth > MAX_DEPTH) return undefined;
  return tryParse(plain) ?? tryParse(scanned.text);
}

function tryParse(text: string): { readonly data: unknown } | undefined {
  try {
    return { data: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

/** The text without comments and without commas before a closing bracket; one pass, whatever it holds. */
function scan(text: string): { readonly text: string; readonly depth: number } {
  const parts: string[] = [];
  let [depth, deepest, comma] = [0, 0, -1];
  for (let at = 0; at < text.length;) {
    const end = endOfPiece(text, at);
    const char = text[at] ?? '';
    const isComment = char === '/' && end > at + 1;
    if (!isComment) parts.push(text.slice(at, end));
    if (char === '{' || char === '[') deepest = Math.max(deepest, ++depth);
    if (char === '}' || char === ']') {
      depth -= 1;
      if (comma !== -1) parts[comma] = ' ';
    }
    if (char === ',') comma = parts.length - 1;
    else if (!isComment && !/\s/u.test(char)) comma = -1;
    at = end;
  }
  return { text: parts.join(''), depth: deepest };
}

/** Where a string or a comment that begins at `at` ends; the next character for anything else. */
function endOfPiece(text: string, at: number): number {
  if (text.startsWith('//', at)) return orEnd(text, text.indexOf('\n', at));
  if (text.startsWith('/*', at)) return orEnd(text, text.indexOf('*/', at + 2), 2);
  if (text[at] !== '"') return at + 1;
  for (let end = at + 1; end < text.length; end += 1) {
    if (text[end] === '\\') end += 1;
    else if (text[end] === '"') return end + 1;
  }
  return text.length;
}

function orEnd(text: string, found: number, length = 0): number {
  return found === -1 ? text.length : found + length;
}
