import { describe, expect, it } from 'vitest';
import { reveal } from '../../src/secrets/secret.ts';
import { MAX_VALUE_BYTES, secretFrom } from '../../src/secrets/value.ts';

const valueOf = (bytes: Buffer | string): Buffer => reveal(secretFrom('A', Buffer.from(bytes)));

describe('a value (AP-10)', () => {
  it.each([
    ['$(id) `id` "quotes" \'single\' \\n'],
    ['ünïcødé 😀 \u202e'],
    ['line\nline'],
    ['-----BEGIN KEY-----\nabc\n-----END KEY-----\n'],
    [' blanks \t'],
    ['\n\n'],
    ['x'.repeat(MAX_VALUE_BYTES)],
  ])('is kept byte for byte: %j', (text) => {
    expect(valueOf(text).toString()).toBe(text);
  });

  it('may be bytes that are no text', () => {
    const bytes = Buffer.from([...Array(255).keys()].map((index) => index + 1));
    expect(valueOf(bytes).equals(bytes)).toBe(true);
  });

  it.each(['key\n', 'key\r\n'])(
    'loses the line break that echo puts behind one line: %j',
    (text) => {
      expect(valueOf(text).toString()).toBe('key');
    },
  );

  it.each([
    ['', 'is empty'],
    ['\n', 'is empty'],
    ['a\0b', 'NUL'],
    ['x'.repeat(MAX_VALUE_BYTES + 1), '64 KiB'],
  ])('is refused with the reason, and not repeated: %#', (text, why) => {
    expect(() => secretFrom('DEMO', Buffer.from(text))).toThrow(
      expect.objectContaining({ code: 'invalid_argument', message: expect.stringContaining(why) }),
    );
  });
});
