import { describe, expect, it } from 'vitest';
import {
  hasCredential,
  isCredential,
  isCredentialFile,
  withoutCredentials,
} from '../../src/carry/credential.ts';

/** Not a real one, and not written so that a scanner takes it for one. */
const KEY = `sk-${'a1B2'.repeat(8)}`;

describe('a file that holds credentials', () => {
  it.each([
    ...['.credentials.json', 'auth.json', 'oauth_creds.json', 'mcp-oauth-tokens.json', '.env'],
    ...['.env.local', 'id_ed25519', 'server.pem', 'secrets.yaml', '.netrc', 'store.db', 'a.p12'],
  ])('is known by its name: %s', (name) => expect(isCredentialFile(name)).toBe(true));

  it.each([
    'settings.json',
    'CLAUDE.md',
    'SKILL.md',
    'environment.md',
    'keybindings.json',
    'authors.md',
  ])('is not %s', (name) => expect(isCredentialFile(name)).toBe(false));
});

describe('a value', () => {
  it.each([
    ['GITHUB_TOKEN', 'ghp_0123456789abcdefghijABCDEFGHIJ012345'],
    ['apiKey', 'plain'],
    ['x', KEY],
    ['access_token', 'hunter2'],
    ['dbPassword', 'hunter2'],
    ['key', 'a8f3k2l9d0s8f7a6q5w4'],
    ['url', 'https://me:pass@example.com/'],
    ['url', 'https://example.com/mcp?api_key=abcdef0123'],
  ])('is a credential: %s = %s', (name, value) => expect(isCredential(name, value)).toBe(true));

  it.each([
    ['key', 'ctrl+k'],
    ['model', 'claude-sonnet-4-5-20250929'],
    ['selectedAuthType', 'oauth-personal'],
    ['bearer_token_env_var', 'GITHUB_TOKEN'],
    ['GITHUB_TOKEN', '${GITHUB_TOKEN}'],
    ['Authorization', 'Bearer ${TOKEN}'],
    ['tokenStorage', 'file'],
    ['url', 'https://example.com/?page=2'],
  ])('is none: %s = %s', (name, value) => expect(isCredential(name, value)).toBe(false));
});

describe('a conversation', () => {
  it('goes over without the keys that were shown in it', () => {
    const line = `{"text":"my key is ${KEY}, ok?","n":1}`;
    const { text, count } = withoutCredentials(line);
    expect(count).toBe(1);
    expect(JSON.parse(text)).toEqual({ text: 'my key is REMOVED-BY-CT, ok?', n: 1 });
    expect(hasCredential(text)).toBe(false);
  });

  it('stays as it is otherwise', () => {
    const line = '{"uuid":"0b6f2f1c-8a7e-4f8e-9d59-1a2b3c4d5e6f","cwd":"/home/me/x"}';
    expect(withoutCredentials(line)).toEqual({ text: line, count: 0 });
  });
});
