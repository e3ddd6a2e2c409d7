import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Secret, reveal } from '../../src/secrets/secret.ts';

const secret = new Secret('DEMO_KEY', Buffer.from('sk-hidden-1234'));

describe('a secret', () => {
  it.each([
    ['a template', () => `${secret}`],
    ['joining', () => [secret].join()],
    ['JSON', () => JSON.stringify({ secret })],
    ['inspection', () => inspect({ deep: [secret] }, { showHidden: true, depth: 9 })],
    ['an error', () => inspect(new Error(String(secret), { cause: secret }))],
    ['its keys', () => JSON.stringify({ ...secret }) + Object.getOwnPropertyNames(secret).join()],
  ])('shows its name and no more by %s', (_how, show) => {
    expect(show()).not.toMatch(/hidden|sk-|73 6b|c2st/u);
  });

  it('gives its bytes to whoever reveals it, whatever becomes of those it was made from', () => {
    const bytes = Buffer.from('abc');
    const copy = new Secret('A', bytes);
    bytes.fill(0);
    expect(reveal(copy).toString()).toBe('abc');
  });

  it('cannot be cloned into something that shows it', () => {
    expect(JSON.stringify(structuredClone(secret))).not.toContain('hidden');
  });
});
