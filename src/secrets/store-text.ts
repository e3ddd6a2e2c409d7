import { faultOfName } from './names.ts';

/**
 * The text of the secrets file: one `NAME = "value"` a line, comments, empty lines. It is TOML, and as
 * little of it as is needed, so that a line can be changed and all others stay as the user wrote them.
 *
 * Source: TOML 1.0.0, basic and literal strings
 */
export interface StoreText {
  readonly values: ReadonlyMap<string, Buffer>;
  /** Lines that could not be read, counted from 1; never what is in them */
  readonly faults: readonly { readonly line: number; readonly fault: string }[];
}

const LINE =
  /^[ \t]*([^\s=#"']+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|'([^']*)')[ \t]*(?:#[^\n]*)?$/u;
const ESCAPES: Readonly<Record<string, string>> = {
  b: '\b',
  t: '\t',
  n: '\n',
  f: '\f',
  r: '\r',
  '"': '"',
  '\\': '\\',
};

/** Reads every line; a fault in one does not hide the others. */
export function parseStore(text: string): StoreText {
  const values = new Map<string, Buffer>();
  const faults: { line: number; fault: string }[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.replace(/\r$/u, '');
    if (/^[ \t]*(?:#[^\n]*)?$/u.test(line)) continue;
    const [, name = '', basic, literal = ''] = LINE.exec(line) ?? [];
    const value = basic === undefined ? literal : unescape(basic);
    const fault =
      name === '' || value === undefined
        ? 'not a line of the form NAME = "value"'
        : (faultOfName(name) ??
          (values.has(name) ? 'a name that stands above already' : undefined));
    if (fault !== undefined) faults.push({ line: index + 1, fault });
    else values.set(name, Buffer.from(value ?? '', 'utf8'));
  }
  return { values, faults };
}

/** The text with the line of `name` changed, added at the end, or, without a value, taken out. */
export function editStore(text: string, name: string, value: Buffer | undefined): string {
  const lines = text === '' ? [] : text.replace(/\n$/u, '').split('\n');
  const line = value === undefined ? undefined : `${name} = "${escape(value.toString('utf8'))}"`;
  const index = lines.findIndex((old) => LINE.exec(old)?.[1] === name);
  if (index === -1) lines.push(...(line === undefined ? [] : [line]));
  else if (line === undefined) lines.splice(index, 1);
  else lines[index] = `${line}${commentOf(lines[index] ?? '')}`;
  return lines.map((each) => `${each}\n`).join('');
}

/** What stood behind the old value, kept with the blanks before it. */
function commentOf(line: string): string {
  const [, , basic, literal = ''] = LINE.exec(line) ?? [];
  const value = basic === undefined ? `'${literal}'` : `"${basic}"`;
  return /[ \t]*#[^\n]*$/u.exec(line.slice(line.indexOf(value) + value.length))?.[0] ?? '';
}

function escape(text: string): string {
  // eslint-disable-next-line no-control-regex -- TOML wants control characters escaped
  return text.replace(/["\\\u0000-\u001f\u007f]/gu, (char) => {
    const short = Object.entries(ESCAPES).find(([, meant]) => meant === char);
    return short === undefined
      ? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
      : `\\${short[0]}`;
  });
}

/** `undefined` for an escape that TOML does not have. */
function unescape(text: string): string | undefined {
  let isRight = true;
  const value = text.replace(
    /\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))/gu,
    (_all, four?: string, eight?: string, char?: string) => {
      const code = four ?? eight;
      const meant =
        code === undefined ? ESCAPES[char ?? ''] : characterOf(Number.parseInt(code, 16));
      isRight &&= meant !== undefined;
      return meant ?? '';
    },
  );
  return isRight ? value : undefined;
}

/** `undefined` for what is no character: half of a pair, or beyond Unicode. */
function characterOf(code: number): string | undefined {
  if (code > 0x10_ff_ff || (code >= 0xd8_00 && code <= 0xdf_ff)) return undefined;
  return String.fromCodePoint(code);
}
