import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDnsQuery, RCODE, TYPE } from '../../src/network/dns-message.ts';

/** A message from its parts, for everything that a correct library would refuse to write. */
export function message(parts: {
  id?: number;
  flags?: number;
  counts?: readonly [number, number, number, number];
  body?: readonly number[];
}): Uint8Array {
  const { id = 0x1234, flags = 0x0100, counts = [1, 0, 0, 0], body = [] } = parts;
  const head = [id, flags, ...counts].flatMap((value) => [value >> 8, value & 255]);
  return Uint8Array.from([...head, ...body]);
}

export const labels = (name: string): number[] => [
  ...name
    .split('.')
    .filter((label) => label !== '')
    .flatMap((label) => [label.length, ...Buffer.from(label, 'latin1')]),
  0,
];

export const question = (name: string, type: number = TYPE.A, qclass = 1): number[] => [
  ...labels(name),
  ...[type >> 8, type & 255, qclass >> 8, qclass & 255],
];

export const opt = (size: number, version = 0, data: readonly number[] = []): number[] => [
  ...[0, 0, 41, size >> 8, size & 255, 0, version, 0, 0, data.length >> 8, data.length & 255],
  ...data,
];

const rcodeOf = (bytes: Uint8Array): unknown => {
  const input = parseDnsQuery(bytes);
  return input.kind === 'error' ? input.rcode : input.kind;
};

describe('parseDnsQuery', () => {
  it('reads a question, with its letters as they came', () => {
    const body = question('WwW.ExAmPlE.tEsT', TYPE.AAAA);
    const input = parseDnsQuery(message({ body }));
    expect(input).toMatchObject({
      kind: 'query',
      query: {
        ...{ id: 0x1234, recursionDesired: true, name: 'www.example.test', type: TYPE.AAAA },
        ...{ question: Uint8Array.from(body), edns: undefined },
      },
    });
  });

  it.each([
    [
      'a name with a dot within a label',
      [5, ...Buffer.from('a.bad'), 4, ...Buffer.from('test'), 0],
    ],
    ['a NUL', [3, 97, 0, 98, 4, ...Buffer.from('test'), 0]],
    ['a letter beyond ASCII', [2, 0xc3 - 0x80, 0xbc, 0]],
    ['the root', [0]],
    ['what resolvers read as a number', labels('127.0.0.1')],
  ])('has no name for %s', (_what, name) => {
    const input = parseDnsQuery(message({ body: [...name, 0, 1, 0, 1] }));
    expect(input).toMatchObject({ kind: 'query', query: { name: undefined } });
  });

  it.each([
    ['nothing', new Uint8Array(), 'drop'],
    ['half a header', message({}).slice(0, 11), 'drop'],
    ['an answer', message({ flags: 0x8180, body: question('a.test') }), 'drop'],
    [
      'more than any question needs',
      message({ body: Array.from({ length: 5000 }, () => 0) }),
      'drop',
    ],
    ['no question', message({ counts: [0, 0, 0, 0] }), RCODE.formErr],
    [
      'two questions',
      message({ counts: [2, 0, 0, 0], body: [...question('a.test'), ...question('b.test')] }),
      RCODE.formErr,
    ],
    [
      '65535 questions',
      message({ counts: [65_535, 0, 0, 0], body: question('a.test') }),
      RCODE.formErr,
    ],
    ['a pointer to itself', message({ body: [0xc0, 12, 0, 1, 0, 1] }), RCODE.formErr],
    ['a pointer into the header', message({ body: [0xc0, 0, 0, 1, 0, 1] }), RCODE.formErr],
    ['a pointer behind a label', message({ body: [1, 97, 0xc0, 12, 0, 1, 0, 1] }), RCODE.formErr],
    ['a label of an unknown kind', message({ body: [0x41, 97, 0, 0, 1, 0, 1] }), RCODE.formErr],
    ['a label beyond the end', message({ body: [63, 97, 98] }), RCODE.formErr],
    ['a name without an end', message({ body: [1, 97, 1, 98] }), RCODE.formErr],
    [
      'a name above 255 bytes',
      message({ body: question(Array.from({ length: 64 }, () => 'abc').join('.')) }),
      RCODE.formErr,
    ],
    ['a question without its class', message({ body: [...labels('a.test'), 0, 1] }), RCODE.formErr],
    ['bytes behind the question', message({ body: [...question('a.test'), 0] }), RCODE.formErr],
    [
      'records that are not there',
      message({ counts: [1, 0, 0, 1], body: question('a.test') }),
      RCODE.formErr,
    ],
    [
      'a record that is longer than the message',
      message({
        counts: [1, 0, 0, 1],
        body: [...question('a.test'), ...opt(1232).slice(0, 9), 9, 9],
      }),
      RCODE.formErr,
    ],
    [
      'EDNS twice',
      message({ counts: [1, 0, 0, 2], body: [...question('a.test'), ...opt(512), ...opt(512)] }),
      RCODE.formErr,
    ],
    [
      'EDNS of another version',
      message({ counts: [1, 0, 0, 1], body: [...question('a.test'), ...opt(1232, 1)] }),
      RCODE.badVers,
    ],
    ['another class', message({ body: question('version.bind', 16, 3) }), RCODE.refused],
    ['another operation', message({ flags: 0x2800, body: question('a.test') }), RCODE.notImp],
  ])('answers %s', (_what, bytes, expected) => {
    expect(rcodeOf(bytes)).toBe(expected);
  });

  it('takes EDNS with options of any kind, and a record with a compressed name before it', () => {
    const other = [0xc0, 12, 0, 250, 0, 255, 0, 0, 0, 0, 0, 2, 7, 7];
    const body = [...question('a.test'), ...other, ...opt(65_535, 0, [0, 10, 0, 2, 1, 2])];
    expect(parseDnsQuery(message({ counts: [1, 0, 0, 2], body }))).toMatchObject({
      ...{ kind: 'query', query: { edns: { size: 65_535, version: 0 } } },
    });
  });

  it('never throws, and never says a name that is not in the bytes', () => {
    const real = message({ counts: [1, 0, 0, 1], body: [...question('a.test'), ...opt(1232)] });
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 600 }),
      fc.array(fc.tuple(fc.nat(real.length - 1), fc.nat(255)), { maxLength: 8 }).map((changes) => {
        const changed = real.slice();
        for (const [at, value] of changes) changed[at] = value;
        return changed;
      }),
      fc.nat(real.length).map((length) => real.slice(0, length)),
    );
    fc.assert(
      fc.property(bytes, (given) => {
        const input = parseDnsQuery(given);
        if (input.kind === 'drop') return;
        const { name, question: asked } = input.query;
        expect(asked.length).toBeLessThanOrEqual(given.length);
        for (const label of name?.split('.') ?? []) {
          expect(Buffer.from(asked).toString('latin1').toLowerCase()).toContain(label);
        }
      }),
      { numRuns: 20_000 },
    );
  });

  it('reads a view into a larger buffer, as datagrams are', () => {
    const bytes = message({ body: question('a.test') });
    const larger = new Uint8Array(4000);
    larger.set(bytes, 1000);
    expect(parseDnsQuery(larger.subarray(1000, 1000 + bytes.length))).toEqual(parseDnsQuery(bytes));
  });
});
