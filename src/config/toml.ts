import { parse, stringify, type TomlTable } from 'smol-toml';

/** Deeper nesting than any key needs is an attack or an accident. */
const MAX_DEPTH = 16;

/**
 * A TOML text as data; numbers that are no safe integers are bigints.
 *
 * Errors: the library's own, with `line` and `column`
 * Source: TOML 1.0.0
 */
export function parseTomlText(text: string): TomlTable {
  return parse(text, {
    maxDepth: MAX_DEPTH,
    unsafeKeyBehaviour: 'keep',
    integersAsBigInt: 'asNeeded',
  });
}

/** Data as a TOML text; comments are not data. */
export function renderToml(data: TomlTable): string {
  return stringify(data);
}
