import { createServer, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { judgeHello } from '../../src/network/judge-hello.ts';
import { HelloReader, type HelloOutcome } from '../../src/network/tls-hello.ts';
import { processorMs } from '../support/processor-time.ts';

/** The bytes that Node's own TLS sends first. */
async function realHello(options: ConnectionOptions): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const server = createServer((socket: Socket) => {
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      socket.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const client = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options });
  client.on('error', () => undefined);
  await new Promise<void>((resolve) => client.on('close', () => resolve()));
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return Buffer.concat(chunks);
}

const u16 = (value: number): number[] => [value >> 8, value & 255];
const vector = (bytes: readonly number[]): number[] => [...u16(bytes.length), ...bytes];
const text = (word: string): number[] => [...Buffer.from(word, 'latin1')];
const extension = (type: number, data: readonly number[]): number[] => [
  ...u16(type),
  ...vector(data),
];
const sni = (name: string): number[] => extension(0, vector([0, ...vector(text(name))]));
const GREASE = extension(0x1a1a, [0]);

/** A hello from its extensions; `undefined` leaves the block out, as before TLS 1.2. */
function hello(extensions: readonly number[] | undefined): number[] {
  const body = [
    ...[3, 3, ...Array.from({ length: 32 }, (_, index) => index), 0],
    ...vector([0x13, 1]),
    ...[1, 0],
    ...(extensions === undefined ? [] : vector(extensions)),
  ];
  return [1, 0, ...u16(body.length), ...body];
}

const record = (bytes: readonly number[]): number[] => [22, 3, 1, ...vector(bytes)];
const records = (bytes: readonly number[], size: number): number[] => {
  const parts: number[] = [];
  for (let at = 0; at < bytes.length; at += size) parts.push(...record(bytes.slice(at, at + size)));
  return parts;
};

const read = (bytes: readonly number[] | Uint8Array): HelloOutcome =>
  new HelloReader().push(Uint8Array.from(bytes));

/** What one reader makes of bytes that come in pieces. */
function readInPieces(bytes: Uint8Array, size: number): HelloOutcome {
  const reader = new HelloReader();
  let outcome: HelloOutcome = { kind: 'more' };
  for (let at = 0; at < bytes.length && outcome.kind === 'more'; at += size) {
    outcome = reader.push(bytes.subarray(at, at + size));
  }
  return outcome;
}

describe('HelloReader', () => {
  let real: Buffer;
  let old: Buffer;
  beforeAll(async () => {
    real = await realHello({ servername: 'www.example.test', ALPNProtocols: ['h2', 'http/1.1'] });
    old = await realHello({ servername: 'www.example.test', maxVersion: 'TLSv1.2' });
  });

  it('reads what a real client sends', () => {
    expect(read(real)).toEqual({
      kind: 'hello',
      hello: { serverName: 'www.example.test', hasEch: false, alpn: ['h2', 'http/1.1'] },
    });
    expect(read(old)).toMatchObject({ hello: { serverName: 'www.example.test' } });
  });

  it.each([1, 2, 3, 5, 7, 100])('reads it in pieces of %s, on the wire and in records', (size) => {
    const expected = { kind: 'hello', hello: { serverName: 'www.example.test' } };
    expect(readInPieces(real, size)).toMatchObject(expected);
    const inRecords = Uint8Array.from(records([...real.subarray(5)], size));
    expect(read(inRecords)).toMatchObject(expected);
    expect(readInPieces(inRecords, 1)).toMatchObject(expected);
  });

  it('reads it where it comes with much behind it', () => {
    const expected = { kind: 'hello', hello: { serverName: 'www.example.test' } };
    expect(read(Buffer.concat([real, Buffer.alloc(200_000)]))).toMatchObject(expected);
  });

  it('takes nothing for the end of a long one that does not follow on its beginning', () => {
    const long = [...extension(0xbaba, Array<number>(32_400).fill(0)), ...sni('b.test')];
    const bytes = Uint8Array.from(records(hello(long), 500));
    const refused = { kind: 'refused', why: 'too_long' };
    expect(bytes.length).toBeGreaterThan(32_768);
    expect(read(bytes)).toEqual(refused);
    for (const size of [1, 4096, 32_768]) expect(readInPieces(bytes, size)).toEqual(refused);
  });

  it('wants more until it is whole', () => {
    for (let length = 0; length < real.length; length++) {
      expect(read(real.subarray(0, length)).kind).toBe('more');
    }
  });

  it('sees an encrypted hello, and that there is no name', () => {
    expect(
      read(record(hello([...GREASE, ...sni('A.TEST'), ...extension(0xfe0d, [0])]))),
    ).toMatchObject({
      hello: { serverName: 'a.test', hasEch: true },
    });
    expect(read(record(hello(extension(0xffce, []))))).toMatchObject({ hello: { hasEch: true } });
    expect(read(record(hello(undefined)))).toMatchObject({ hello: { serverName: undefined } });
    expect(read(record(hello([])))).toMatchObject({ hello: { serverName: undefined } });
  });

  it.each([
    ['SSH', text('SSH-2.0-OpenSSH\r\n'), 'not_tls'],
    ['HTTP', text('GET / HTTP/1.1\r\n'), 'not_tls'],
    ['an SSL 2 hello', [0x80, 0x2e, 1, 3, 1], 'not_tls'],
    ['an alert', [21, 3, 1, 0, 2, 1, 0], 'not_tls'],
    ['a record of another kind', [22, 9, 9], 'not_tls'],
    ['a server’s hello', record([2, 0, 0, 0]), 'malformed'],
    ['an empty record', [22, 3, 1, 0, 0], 'malformed'],
    ['a record that is too large', [22, 3, 1, 0x40, 1], 'malformed'],
    ['a message that is too large', record([1, 0xff, 0xff, 0xff]), 'too_long'],
    [
      'data after half a hello',
      [...record(hello(sni('a.test')).slice(0, 9)), 23, 3, 3],
      'malformed',
    ],
    ['something behind the hello', record([...hello(sni('a.test')), 20]), 'malformed'],
    [
      'two names',
      record(
        hello(
          extension(
            0,
            vector([...[0, ...vector(text('a.test'))], ...[0, ...vector(text('b.test'))]]),
          ),
        ),
      ),
      'malformed',
    ],
    ['the name twice', record(hello([...sni('a.test'), ...sni('b.test')])), 'malformed'],
    [
      'a name of another type',
      record(hello(extension(0, vector([1, ...vector(text('a.test'))])))),
      'malformed',
    ],
    ['an empty list of names', record(hello(extension(0, vector([])))), 'malformed'],
    ['an empty name', record(hello(sni(''))), 'malformed'],
    ['an address for a name', record(hello(sni('127.0.0.1'))), 'malformed'],
    ['a NUL in the name', record(hello(sni('a.test\u0000.b.test'))), 'malformed'],
    ['an extension beyond its block', record(hello([0, 0, 0, 9, 0])), 'malformed'],
    [
      'an extension block that is too short',
      record(hello(sni('a.test')).with(3, hello(sni('a.test')).length - 5)),
      'malformed',
    ],
  ] as const)('refuses %s', (_what, bytes, why) => {
    expect(read(bytes)).toEqual({ kind: 'refused', why });
  });

  it('is bounded: a hello that never ends is refused', () => {
    const reader = new HelloReader();
    reader.push(Uint8Array.from([22, 3, 1, ...u16(16_384), 1, 0, 0x7f, 0xff]));
    let outcome: HelloOutcome = { kind: 'more' };
    let bytes = 0;
    while (outcome.kind === 'more') {
      outcome = reader.push(new Uint8Array(1000));
      bytes += 1000;
      expect(bytes).toBeLessThan(60_000);
    }
    expect(outcome.kind).toBe('refused');
  });

  it('costs little for thirty thousand records of one byte that come byte by byte', () => {
    const long = hello([
      ...extension(
        21,
        Array.from({ length: 5000 }, () => 0),
      ),
      ...sni('a.test'),
    ]);
    const wire = Uint8Array.from(records(long, 1));
    const spentMs = processorMs(() =>
      expect(readInPieces(wire, 1)).toMatchObject({ hello: { serverName: 'a.test' } }),
    );
    expect(spentMs).toBeLessThan(1000);
  });

  it('never throws, and says a name only if it is in the bytes', () => {
    const good = record(
      hello([...GREASE, ...sni('a.test'), ...extension(16, vector([2, 104, 50]))]),
    );
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc
        .array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 6 })
        .map((changes) => changes.reduce((all, [at, value]) => all.with(at, value), good)),
    );
    fc.assert(
      fc.property(bytes, (given) => {
        const outcome = read(given);
        if (outcome.kind !== 'hello' || outcome.hello.serverName === undefined) return;
        const wire = Buffer.from(given).toString('latin1').toLowerCase();
        expect(wire).toContain(outcome.hello.serverName);
      }),
      { numRuns: 20_000 },
    );
  });
});

describe('judgeHello', () => {
  const outcome = (extensions: readonly number[]): HelloOutcome => read(record(hello(extensions)));

  it('lets only the very name pass that the address stands for', () => {
    expect(judgeHello(outcome(sni('a.test')), 'a.test')).toEqual({ verdict: 'allow' });
    expect(judgeHello(outcome(sni('b.test')), 'a.test')).toMatchObject({ reason: 'sni' });
    expect(judgeHello(outcome(sni('x.a.test')), 'a.test')).toMatchObject({ reason: 'sni' });
    expect(judgeHello(outcome([]), 'a.test')).toMatchObject({ reason: 'no_sni' });
  });

  it('refuses what is hidden and what is not TLS, also without a name', () => {
    const ech = outcome([...sni('a.test'), ...extension(0xfe0d, [0])]);
    for (const name of ['a.test', undefined]) {
      expect(judgeHello(ech, name)).toMatchObject({ reason: 'ech' });
      expect(judgeHello(read(text('SSH-2.0')), name)).toMatchObject({ reason: 'protocol' });
    }
    expect(judgeHello(outcome([]), undefined)).toEqual({ verdict: 'allow' });
    expect(judgeHello({ kind: 'more' }, 'a.test')).toEqual({ verdict: 'more' });
  });
});
