import { describe, expect, it } from 'vitest';
import { SCHEMA } from '../../src/config/schema.ts';
import { checkValue } from '../../src/config/values.ts';
import { processorMs } from '../support/processor-time.ts';

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
    const spentMs = processorMs(() =>
      expect(isRight(image.keys.registry, `a.b/${'a-'.repeat(250)}!`)).toBe(false),
    );
    expect(spentMs).toBeLessThan(100);
  });

  it('names a word of later as that, not as something unknown', () => {
    const spec = { ...network.keys.mode, refused: { open: 'comes with a later version' } };
    expect(checkValue(spec, 'open', '/')).toMatchObject({ refusal: 'comes with a later version' });
    expect(checkValue(spec, 'constructor', '/')).not.toHaveProperty('refusal');
  });

  it.each([true, false])('takes %s for a switch, and no word for it', (given) => {
    const spec = { type: 'switch', default: false, doc: '' } as const;
    expect(isRight(spec, given)).toBe(true);
    expect(isRight(spec, String(given))).toBe(false);
  });

  it('takes sizes as numbers and as texts with a unit', () => {
    const spec = { type: 'size', default: 0, min: 1024, doc: '' } as const;
    expect(checkValue(spec, '2KiB', '/')).toEqual({ value: 2048 });
    expect(checkValue(spec, 4096, '/')).toEqual({ value: 4096 });
    for (const wrong of [1023, '1k b', -1, NaN, 1.5, 10n ** 30n, true, []]) {
      expect(isRight(spec, wrong)).toBe(false);
    }
  });

  it('takes numbers that need not be whole where these make sense', () => {
    const spec = { type: 'decimal', default: 1, min: 0.1, max: 8, unit: 'cpus', doc: '' } as const;
    expect(checkValue(spec, 1.5, '/')).toEqual({ value: 1.5 });
    for (const wrong of [0, 9, NaN, '1.5', Infinity]) expect(isRight(spec, wrong)).toBe(false);
  });

  it('takes a list of one kind of text, each once, and makes paths absolute', () => {
    const paths = { type: 'list', default: [], item: 'path', doc: '' } as const;
    expect(checkValue(paths, ['~/a', '/b'], '/home/me')).toEqual({ value: ['/home/me/a', '/b'] });
    for (const wrong of ['/b', ['b'], [7], ['/b', '/b'], [''], ['/a\0b'], {}]) {
      expect(isRight(paths, wrong)).toBe(false);
    }
    const variables = { type: 'list', default: [], item: 'variable', doc: '' } as const;
    expect(isRight(variables, ['GEMINI_API_KEY'])).toBe(true);
    for (const wrong of [['A B'], ['1A'], ['A=B'], ['A\n']]) {
      expect(isRight(variables, wrong)).toBe(false);
    }
    expect(checkValue(variables, ['A', 'B C'], '/')).toMatchObject({
      expected: 'a list of names of environment variables (item 2 is not one)',
    });
  });

  it('takes a table of names of the user and texts', () => {
    const spec = { type: 'map', default: {}, item: 'word', doc: '' } as const;
    expect(checkValue(spec, { db: '127.0.0.1:5432' }, '/')).toEqual({
      value: { db: '127.0.0.1:5432' },
    });
    const proto = JSON.parse('{"__proto__": "x"}') as unknown;
    for (const wrong of [[], 'db', { db: 7 }, { 'D B': 'x' }, { db: 'a b' }, proto, null]) {
      expect(isRight(spec, wrong)).toBe(false);
    }
  });
});
