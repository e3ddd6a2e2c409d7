import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { formsOf } from '../../src/secrets/forms.ts';

const value = Buffer.from('tok/en+ü=1234?');
const isFound = (text: string): boolean => formsOf(value).some((form) => text.includes(form));

describe('the forms of a value', () => {
  it.each([0, 1, 2, 3, 4, 5])('are found in base64 with %i bytes before it', (shift) => {
    const whole = Buffer.concat([randomBytes(shift), value, randomBytes(7)]);
    expect(isFound(whole.toString('base64'))).toBe(true);
    expect(isFound(whole.toString('base64url'))).toBe(true);
  });

  it.each([
    ['as it is', value.toString()],
    ['percent-encoded', encodeURIComponent(value.toString())],
    ['percent-encoded in small letters', encodeURIComponent(value.toString()).toLowerCase()],
    ['in a form of the web', new URLSearchParams({ a: value.toString() }).toString()],
    ['in hexadecimal', value.toString('hex')],
    ['in capital hexadecimal', value.toString('hex').toUpperCase()],
    ['in JSON', JSON.stringify({ a: value.toString() })],
  ])('are found %s', (_how, text) => {
    expect(isFound(text)).toBe(true);
  });

  it('are none for a value so short that it is in every text', () => {
    expect(formsOf(Buffer.from('ab'))).toEqual([]);
  });

  it('are also the long lines of a value of several', () => {
    const key = Buffer.from('-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG\n-----END KEY-----\n');
    expect(formsOf(key)).toContain('MIIEvQIBADANBgkqhkiG');
  });

  it('do not hold text that the value does not decide', () => {
    for (const form of formsOf(Buffer.from('aaaaaaaaaaaa'))) expect(form).not.toMatch(/^$/u);
    expect(isFound('an ordinary sentence of an ordinary log')).toBe(false);
  });
});
