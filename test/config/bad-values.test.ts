import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCtError } from '../../src/base/errors.ts';
import { parseConfig } from '../../src/config/parse.ts';
import type { KeySpec } from '../../src/config/key-spec.ts';
import { NAMED_SECTIONS, SECTIONS } from '../../src/config/schema.ts';
import { renderToml } from '../../src/config/toml.ts';

/** A key of the schema with the table that it stands in; a new key is here by itself. */
const KEYS = [
  ...Object.entries(SECTIONS).flatMap(([section, { keys }]) =>
    Object.entries(keys).map(([key, spec]) => ({ table: [section], key, spec })),
  ),
  ...Object.entries(NAMED_SECTIONS).flatMap(([section, { keys, names }]) =>
    Object.entries(keys).map(([key, spec]) => ({
      table: [section, names === 'variable' ? 'NAME' : 'name'],
      key,
      spec,
    })),
  ),
].map((entry) => ({ ...entry, path: [...entry.table, entry.key].join('.') }));

const parse = (text: string) => parseConfig({ path: '/c.toml', text, home: '/home/me' });

/** The refusal of a value, which must be about this key, in one clean line, with a place in the file. */
function refusal(path: string, table: readonly string[], key: string, value: string): string {
  let thrown: unknown;
  try {
    parse(`# mine\n[${table.join('.')}]\n${key} = ${value}\n`);
  } catch (error) {
    thrown = error;
  }
  if (!isCtError(thrown, 'invalid_config')) throw new Error(`${path} = ${value} was taken`);
  expect(thrown.message).toMatch(/^\/c\.toml:3:\d+: /u);
  expect(thrown.message).toContain(path);
  expect(thrown.message.length).toBeLessThan(1000);
  // eslint-disable-next-line no-control-regex -- control characters are what this looks for
  expect(`${thrown.message}${thrown.hint ?? ''}`).not.toMatch(
    /[\u0000-\u0009\u000b-\u001f\u007f\u202e]/u,
  );
  expect(thrown.hint).toBeTruthy();
  return thrown.message;
}

/** Kinds of TOML values, one of each. */
const KINDS: Readonly<Record<string, string>> = {
  text: '"\\u0001 a b"',
  integer: '123456789012',
  decimal: '-0.5',
  switch: 'true',
  date: '1979-05-27T07:32:00Z',
  list: '[[1]]',
  table: '{ "A B" = 1 }',
  nan: 'nan',
  infinite: '-inf',
};

/** Kinds that a key may take, whatever the value. */
const TAKES: Readonly<Record<KeySpec['type'], readonly string[]>> = {
  switch: ['switch'],
  size: ['integer'],
  integer: [],
  decimal: [],
  list: [],
  map: [],
  choice: [],
  path: [],
  socket: [],
  word: [],
  profile: [],
  variable: [],
  reference: [],
};

/** Values of the right type that are out of range. */
function outOfRange(spec: KeySpec): readonly string[] {
  switch (spec.type) {
    case 'integer':
      return [spec.min - 1, spec.max + 1, '0.5', '9223372036854775807']
        .filter((value) => value !== spec.default)
        .map(String);
    case 'decimal':
      return [spec.min - 1, spec.max + 1].filter((value) => value !== spec.default).map(String);
    case 'size':
      return [spec.min > 0 ? `${spec.min - 1}` : '-1', '"12 parsecs"', '"-1GiB"', '"99999999PiB"'];
    case 'choice':
      return ['""', '"nothing"', '"AUTO\\u001b[2J"'];
    case 'list':
      return ['"x"', '[""]', '["\\u0000"]', '["a\\u001b[2J b"]', '[{}]', '[1.5]'];
    case 'map':
      return ['{ a = 1.5 }', '{ "A b" = "x" }', '[]'];
    case 'path':
    case 'socket':
    case 'profile':
      return ['"relative"', '"~other/x"', '"/a\\u0000b"', `"/${'x'.repeat(5000)}"`];
    case 'word':
      return ['"a b"', '"a\\tb"', '"\\u202e"', `"${'x'.repeat(5000)}"`];
    case 'variable':
      return ['"1A"', '"A B"', '"A=B"', '"\\u0000"'];
    case 'reference':
      return ['"debian"', '"docker.io/Debian:x"', '"docker.io/a b"', '"-x/y"'];
    case 'switch':
      return ['"true"', '1', '0'];
  }
}

describe('a configuration key', () => {
  it('is in this test, whatever was added', () => {
    expect(KEYS.length).toBeGreaterThan(40);
    expect(new Set(KEYS.map(({ spec }) => spec.type)).size).toBeGreaterThan(8);
  });

  it.each(KEYS)('takes no other type: $path', ({ path, table, key, spec }) => {
    for (const [kind, value] of Object.entries(KINDS)) {
      if (!TAKES[spec.type].includes(kind)) refusal(path, table, key, value);
    }
  });

  it.each(KEYS)('takes nothing out of its range: $path', ({ path, table, key, spec }) => {
    for (const value of outOfRange(spec)) refusal(path, table, key, value);
  });

  it.each(KEYS)('takes its default back: $path', ({ table, key, spec }) => {
    const document: Record<string, unknown> = { [key]: spec.default };
    const nested = [...table]
      .reverse()
      .reduce<unknown>((inner, name) => ({ [name]: inner }), document);
    const text = renderToml(nested as Parameters<typeof renderToml>[0]);
    // An archive by name only is refused with its table; the default says none.
    expect(() => parse(text)).not.toThrow();
  });

  it('is never taken in two ways: a random value is right or refused by its name', () => {
    const toml = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.double(),
      fc.integer(),
      fc.boolean(),
      fc.array(fc.string({ maxLength: 10 }), { maxLength: 4 }),
      fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), fc.string({ maxLength: 8 }), {
        maxKeys: 3,
      }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...KEYS), toml, ({ path, table, key }, value) => {
        const text = renderToml({ [key]: value });
        const [head] = text.split('\n');
        if (!head?.startsWith(`${key} = `)) return;
        try {
          parse(`[${table.join('.')}]\n${head}\n`);
        } catch (thrown) {
          if (!isCtError(thrown, 'invalid_config')) throw thrown;
          if (!thrown.message.includes('not valid TOML')) expect(thrown.message).toContain(path);
        }
      }),
      { numRuns: 500 },
    );
  });
});
