import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  holdsPrivateKey,
  holdsSecret,
  isVisible,
  suspicionOf,
} from '../../src/sandbox/hidden-files.ts';

describe('suspicionOf', () => {
  it.each([
    ...['.env', '.env.local', '.env.production', '.env.development.local', 'id_rsa', 'id_ed25519'],
    ...['server.p12', 'x.PFX', 'a.jks', '.netrc', '.git-credentials', '.pypirc'],
  ])('takes %s for a secret', (name) => expect(suspicionOf(name)).toBe('secret'));

  it.each(['a.pem', 'server.key', 'X.KEY'])('looks into %s', (name) =>
    expect(suspicionOf(name)).toBe('if-inside'),
  );

  it.each([
    ...[
      '.env.example',
      '.env.sample',
      '.env.template',
      '.env.local.example',
      '.env.dist',
      '.envrc',
    ],
    ...['env', '.environment', 'id_rsa.pub', 'key', 'a.pem.txt', 'README.md', '.env-cmdrc'],
  ])('takes %s for no secret', (name) => expect(suspicionOf(name)).toBeUndefined());
});

describe('holdsSecret', () => {
  it.each([
    ['.npmrc', '//registry.example/:_authToken=npm_abc\n', true],
    ['.npmrc', '_password="c2VjcmV0"\n', true],
    ['.npmrc', '//registry.example/:_authToken=${NPM_TOKEN}\nsave-exact=true\n', false],
    ['.npmrc', '# _authToken=npm_abc\nregistry=https://registry.example\n', false],
    ['.yarnrc.yml', 'npmRegistries:\n  x:\n    npmAuthToken: abc\n', true],
    ['.yarnrc.yml', 'npmAuthToken: "${NPM_TOKEN-}"\nnodeLinker: node-modules\n', false],
    ['credentials', '[default]\naws_secret_access_key = abc\n', true],
    ['credentials', 'a list of credentials\n', false],
    ['credentials.json', '{"installed":{"client_secret":"abc"}}', true],
    ['my-service-account.json', '{"private_key": "-----BEGIN PRIVATE KEY-----\\n"}', true],
    ['credentials.json', '{"fields":["name"]}', false],
    ['config', 'users:\n- user:\n    token: abc\n', true],
    ['dev.kubeconfig', 'client-key-data: LS0t\n', true],
    ['config', '[core]\n  bare = false\n', false],
    ['auth.json', '{"github-oauth": {"github.com": "abc"}}', true],
    ['auth.json', '{"enabled": true}', false],
    ['a.pem', '-----BEGIN PRIVATE KEY-----', true],
    ['a.pem', '_authToken=npm_abc', false],
    ['package.json', '"private_key": "x"', false],
  ])('in %s, with %j: %s', (name, text, isSecret) => {
    expect(holdsSecret(name, Buffer.from(text))).toBe(isSecret);
  });
});

describe('holdsPrivateKey', () => {
  const pairs = {
    'RSA, PKCS 8': generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
    elliptic: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
    Ed25519: generateKeyPairSync('ed25519').privateKey,
  };

  it.each(Object.entries(pairs))('knows a key of %s in both forms', (_name, key) => {
    const pem = key.export({ format: 'pem', type: 'pkcs8' });
    const der = key.export({ format: 'der', type: 'pkcs8' });
    expect(holdsPrivateKey(Buffer.from(pem))).toBe(true);
    expect(holdsPrivateKey(der)).toBe(true);
  });

  it.each([
    ['-----BEGIN RSA PRIVATE KEY-----', true],
    ['-----BEGIN ENCRYPTED PRIVATE KEY-----', true],
    ['-----BEGIN OPENSSH PRIVATE KEY-----', true],
    ['-----BEGIN PGP PRIVATE KEY BLOCK-----', true],
    ['bag attributes\n-----BEGIN PRIVATE KEY-----', true],
    ['-----BEGIN CERTIFICATE-----', false],
    ['-----BEGIN PUBLIC KEY-----', false],
    ['PK\u0003\u0004 slides', false],
    ['', false],
  ])('judges %j as %s', (text, expected) => {
    expect(holdsPrivateKey(Buffer.from(text))).toBe(expected);
  });
});

describe('isVisible', () => {
  it('takes a path in the project, or a name anywhere', () => {
    expect(isVisible('a/.env', ['.env'])).toBe(true);
    expect(isVisible('a/.env', ['a/.env'])).toBe(true);
    expect(isVisible('a/.env', ['./a/.env'])).toBe(true);
    expect(isVisible('a/.env', ['b/.env', 'a'])).toBe(false);
  });
});
