import { describe, expect, it } from 'vitest';
import { SCHEMA } from '../../src/config/schema.ts';
import { checkValue } from '../../src/config/values.ts';

const { engine, image, network } = SCHEMA;
const isRight = (spec: Parameters<typeof checkValue>[0], given: unknown) =>
  'value' in checkValue(spec, given, '/home/me');

describe('checkValue', () => {
  it.each([5, 300, 86_400])('takes %s for a number of seconds', (given) => {
    expect(isRight(engine.keys.idle_timeout, given)).toBe(true);
  });

  it.each([4, -1, 1.5, NaN, Infinity, 86_401, 10n ** 30n, '300', true, [], null])(
    'refuses %s for a number of seconds',
    (given) => {
      expect(isRight(engine.keys.idle_timeout, given)).toBe(false);
    },
  );

  it('expands ~ and takes the scheme off a socket address', () => {
    expect(checkValue(engine.keys.socket, '~/podman.sock', '/home/me')).toEqual({
      value: '/home/me/podman.sock',
    });
    expect(checkValue(engine.keys.socket, 'unix:///run/podman.sock', '/home/me')).toEqual({
      value: '/run/podman.sock',
    });
  });

  it.each(['podman.sock', '~root/x', 'tcp://localhost:1', 'ssh://host/x', '/a\0b', 7])(
    'refuses the socket %j',
    (given) => {
      expect(isRight(engine.keys.socket, given)).toBe(false);
    },
  );

  it.each([
    'docker.io/library/debian:trixie-slim',
    'localhost/base',
    'localhost:5000/base:1',
    `ghcr.io/a/b@sha256:${'0'.repeat(64)}`,
  ])('takes the reference %s', (given) => {
    expect(isRight(image.keys.registry, given)).toBe(true);
  });

  it.each([
    'debian',
    'library/debian',
    'debian:trixie',
    '',
    'docker.io/Debian',
    'docker.io/a b',
    '$(id)',
  ])('refuses the reference %j', (given) => {
    expect(isRight(image.keys.registry, given)).toBe(false);
  });

  it('decides about a hostile reference at once', () => {
    const started = performance.now();
    expect(isRight(image.keys.registry, `a.b/${'a-'.repeat(250)}!`)).toBe(false);
    expect(performance.now() - started).toBeLessThan(100);
  });

  it('names strict as something of later, not as something unknown', () => {
    expect(checkValue(network.keys.mode, 'strict', '/')).toMatchObject({
      refusal: 'strict comes with a later version; use offline or permissive',
    });
    expect(checkValue(network.keys.mode, 'constructor', '/')).not.toHaveProperty('refusal');
  });
});
