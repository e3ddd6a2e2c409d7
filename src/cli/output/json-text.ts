/** One line of JSON in plain ASCII where it matters: nothing in it can drive a terminal. */
export function jsonLine(value: unknown): string {
  return `${escapeForTerminal(JSON.stringify(value))}\n`;
}

/** JSON for people and programs: indented. */
export function jsonPage(value: unknown): string {
  return `${escapeForTerminal(JSON.stringify(value, null, 2))}\n`;
}

/** JSON escapes C0 controls itself; these are the rest of what `printable` finds. */
function escapeForTerminal(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
