/**
 * Values of a `.env` file: `NAME=value`, `export NAME=value`, quotes of both kinds, comments. Nothing is
 * expanded: a `$` is a dollar sign. In double quotes `\n`, `\r`, `\t`, `\"`, `\\` and `\$` are understood,
 * and a value may go over several lines.
 *
 * What cannot be read is left out: the file belongs to other programs too, which may know more.
 */
export function parseDotenv(text: string): ReadonlyMap<string, Buffer> {
  const values = new Map<string, Buffer>();
  for (const found of text.replaceAll('\r\n', '\n').matchAll(ASSIGNMENT)) {
    const [, name = '', single, double, bare = ''] = found;
    values.set(name, Buffer.from(single ?? (double === undefined ? trimmed(bare) : plain(double))));
  }
  return values;
}

const ASSIGNMENT =
  /^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*(?:'([^']*)'|"((?:[^"\\]|\\[^])*)"|([^'"\n][^\n]*|(?![^\n])))/gmu;

/** A bare value ends at a blank with `#` behind it. */
function trimmed(bare: string): string {
  const comment = bare.search(/(?:^|[ \t])#/u);
  return (comment === -1 ? bare : bare.slice(0, comment)).trim();
}

function plain(quoted: string): string {
  const known: Record<string, string> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', $: '$' };
  return quoted.replace(/\\([^])/gu, (all, char: string) => known[char] ?? all);
}
