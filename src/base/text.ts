/**
 * Makes foreign text safe to print in one of `ct`'s own messages: control characters, escape
 * sequences and bidirectional overrides become visible, so that a hostile name cannot drive the
 * terminal or fake a line.
 *
 * Source: CVE-2021-42574 (bidi), SECURITY ESC-25
 */
export function printable(text: string): string {
  return text.replace(
    // eslint-disable-next-line no-control-regex -- control characters are what this looks for
    /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu,
    (char) => {
      const known: Record<string, string> = {
        '\n': '\\n',
        '\t': '\\t',
        '\r': '\\r',
        '\u001b': '\\e',
      };
      return known[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
    },
  );
}

/** Whether a text is an https:// address without a name or a password in it: requests with a token may go there. */
export function isHttpsAddress(text: string): boolean {
  return /^https:\/\/[^\s/@]+(?:\/\S*)?$/u.test(text);
}
