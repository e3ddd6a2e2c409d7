/**
 * A name as DNS has it, made comparable: lower case, without the dot at the end. `undefined` for what
 * nobody can be asked for: other characters than letters, digits, `-` and `_`, labels above 63 or names
 * above 253, and what resolvers read as a number.
 *
 * Source: RFC 1035 section 2.3.4, RFC 3696 section 2; WHATWG URL "ends in a number"
 */
export function normaliseName(text: string): string | undefined {
  const name = (text.endsWith('.') ? text.slice(0, -1) : text).toLowerCase();
  if (name.length === 0 || name.length > 253) return undefined;
  const labels = name.split('.');
  if (!labels.every((label) => /^[a-z0-9_-]{1,63}$/u.test(label))) return undefined;
  return /^(?:\d+|0x[0-9a-f]*)$/u.test(labels.at(-1) ?? '') ? undefined : name;
}

/** `a.b.c` → `a.b.c`, `b.c`, `c`: the name and all that it is below, the nearest first. */
export function* suffixesOf(name: string): Generator<string> {
  for (let rest = name; ;) {
    yield rest;
    const dot = rest.indexOf('.');
    if (dot < 0) return;
    rest = rest.slice(dot + 1);
  }
}
