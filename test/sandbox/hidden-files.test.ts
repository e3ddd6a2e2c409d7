import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { holdsPrivateKey, isVisible, suspicionOf } from '../../src/sandbox/hidden-files.ts';

describe('suspicionOf', () => {
  it.each([
    ...['.env', '.env.local', '.env.production', '.env.development.local', 'id_rsa', 'id_ed25519'],
    ...['server.p12', 'x.PFX', 'a.jks', '.netrc', '.git-credentials'],
  ])('takes %s for a secret', (name) => expect(suspicionOf(name)).toBe('secret'));

  it.each(['a.pem', 'server.key', 'X.KEY'])('looks into %s', (name) =>
    expect(suspicionOf(name)).toBe('key-inside'),
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
