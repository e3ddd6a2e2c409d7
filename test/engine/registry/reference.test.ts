import { describe, expect, it } from 'vitest';
import { apiHost, isSha256, parseReference } from '../../../src/engine/registry/reference.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

describe('a reference', () => {
  it.each([
    ['docker.io/debian', 'docker.io', 'library/debian', { tag: 'latest' }],
    ['docker.io/library/debian:trixie', 'docker.io', 'library/debian', { tag: 'trixie' }],
    ['localhost:5000/a/b:1', 'localhost:5000', 'a/b', { tag: '1' }],
    ['localhost/a', 'localhost', 'a', { tag: 'latest' }],
    [`ghcr.io/a/b@${DIGEST}`, 'ghcr.io', 'a/b', { digest: DIGEST }],
    [`ghcr.io/a/b:1@${DIGEST}`, 'ghcr.io', 'a/b', { digest: DIGEST }],
    ['[::1]:5000/a', '[::1]:5000', 'a', { tag: 'latest' }],
  ])('is taken apart: %s', (text, registry, repository, version) => {
    expect(parseReference(text)).toEqual({ text, registry, repository, version });
  });

  it.each([
    'debian',
    'a.b/../../etc/passwd',
    'a.b/c/../d:1',
    'a.b/c?x=1:2',
    'a.b/c:../d',
    'a.b//c',
    'user@a.b/c',
    'a.b:99999/c',
    'a.b/c%2e%2e:1',
    'a.b/c:1\r\nX: y',
    '',
  ])('that names no image is refused: %j', (text) => {
    expect(() => parseReference(text)).toThrowError(
      expect.objectContaining({ code: 'invalid_argument' }),
    );
  });

  it('with a digest that is not checked is refused', () => {
    expect(() => parseReference(`a.b/c@sha512:${'a'.repeat(128)}`)).toThrow(/sha256 digests only/u);
    expect(isSha256(DIGEST)).toBe(true);
    expect(isSha256(`${DIGEST}a`)).toBe(false);
  });

  it('of Docker Hub leads to where its API is', () => {
    expect(apiHost('docker.io')).toBe('registry-1.docker.io');
    expect(apiHost('localhost:5000')).toBe('localhost:5000');
  });
});
