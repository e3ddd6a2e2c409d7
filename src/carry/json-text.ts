/** Deeper nesting would end in a stack that overflows. */
const MAX_DEPTH = 200;

/**
 * JSON with comments and commas that stand too much, as agents' settings have them; `undefined` for
 * anything else. Wrapped, since `null` is data too.
 */
export function readJson(text: string): { readonly data: unknown } | undefined {
  const plain = text.replace(/^\ufeff/u, '');
  if (depthOf(plain) > MAX_DEPTH) return undefined;
  return tryParse(plain) ?? tryParse(withoutComments(plain));
}

function tryParse(text: string): { readonly data: unknown } | undefined {
  try {
    return { data: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

const TEXT = String.raw`"(?:[^"\\]|\\.)*"`;
const COMMENTS = new RegExp(String.raw`(${TEXT})|//[^\n]*|/\*[^]*?\*/`, 'gu');
const COMMAS = new RegExp(String.raw`(${TEXT})|,(?=\s*[}\]])`, 'gu');

function withoutComments(text: string): string {
  return text
    .replace(COMMENTS, (_, quoted?: string) => quoted ?? ' ')
    .replace(COMMAS, (_, quoted?: string) => quoted ?? '');
}

function depthOf(text: string): number {
  let [depth, deepest] = [0, 0];
  for (const { 0: found } of text.matchAll(new RegExp(String.raw`${TEXT}|[[\]{}]`, 'gu'))) {
    if (found === '[' || found === '{') deepest = Math.max(deepest, ++depth);
    else if (found === ']' || found === '}') depth -= 1;
  }
  return deepest;
}
