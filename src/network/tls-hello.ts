import { normaliseName } from './domain-name.ts';

/** What a ClientHello says before anything is encrypted. */
export interface ClientHello {
  /** Normalised; `undefined` when there is none */
  readonly serverName: string | undefined;
  /** An encrypted inner hello (or its imitation) is there: the real destination cannot be seen */
  readonly hasEch: boolean;
  readonly alpn: readonly string[];
}

/** What reading came to so far. */
export type HelloOutcome =
  | { readonly kind: 'more' }
  | { readonly kind: 'hello'; readonly hello: ClientHello }
  /** `not_tls`: another protocol · `malformed`: against the rules · `too_long` */
  | { readonly kind: 'refused'; readonly why: 'not_tls' | 'malformed' | 'too_long' };

/** Bytes on the wire that are looked at; hellos with post-quantum keys and tickets have some two thousand. */
const MAX_WIRE = 32_768;
const MAX_RECORD = 16_384;

const RECORD = { handshake: 22 } as const;
const EXTENSION = { serverName: 0, alpn: 16, ech: 0xfe0d, esni: 0xffce } as const;

/**
 * Reads a ClientHello that comes in pieces of any size, spread over records of any size. Bounded in
 * bytes and in work; never throws. What is behind the hello may come with it, and is not looked at.
 *
 * Source: RFC 8446 sections 4.1.2 and 5.1, RFC 6066 section 3, RFC 9849 (ECH)
 */
export class HelloReader {
  #wire = new Uint8Array();
  #used = 0;
  /** Where the next record begins in the wire's bytes */
  #at = 0;
  #message = new Uint8Array();
  #held = 0;

  push(chunk: Uint8Array): HelloOutcome {
    const seen = chunk.subarray(0, MAX_WIRE - this.#used);
    this.#wire = grown(this.#wire, this.#used, seen);
    this.#used += seen.length;
    for (;;) {
      const record = this.#nextRecord();
      // Without a gap, or not at all: the other side reads what was left out here.
      if (record === 'more')
        return seen.length < chunk.length ? refused('too_long') : { kind: 'more' };
      if (record === 'not_tls' || record === 'malformed') return refused(record);
      this.#message = grown(this.#message, this.#held, record);
      this.#held += record.length;
      const outcome = readMessage(this.#message.subarray(0, this.#held));
      if (outcome.kind !== 'more') return outcome;
    }
  }

  /** The next whole handshake record. What cannot be one is seen at its first byte. */
  #nextRecord(): Uint8Array | 'more' | 'not_tls' | 'malformed' {
    const bytes = this.#wire.subarray(this.#at, this.#used);
    const isFirst = this.#at === 0;
    if (bytes.length > 0 && bytes[0] !== RECORD.handshake) return isFirst ? 'not_tls' : 'malformed';
    if (bytes.length > 1 && bytes[1] !== 3) return isFirst ? 'not_tls' : 'malformed';
    if (bytes.length < 5) return 'more';
    const length = word(bytes, 3);
    // An empty fragment of a handshake is forbidden, and would cost work for nothing.
    if (length === 0 || length > MAX_RECORD) return 'malformed';
    if (bytes.length < 5 + length) return 'more';
    this.#at += 5 + length;
    return bytes.subarray(5, 5 + length);
  }
}

/** Appends into a buffer that doubles, so that many small pieces cost no more than one large. */
function grown(buffer: Uint8Array, used: number, chunk: Uint8Array): Uint8Array<ArrayBuffer> {
  const need = used + chunk.length;
  let target = buffer as Uint8Array<ArrayBuffer>;
  if (need > buffer.length) {
    target = new Uint8Array(Math.max(1024, need, buffer.length * 2));
    target.set(buffer.subarray(0, used));
  }
  target.set(chunk, used);
  return target;
}

function readMessage(message: Uint8Array): HelloOutcome {
  if (message.length > 0 && message[0] !== 1) return refused('malformed');
  if (message.length < 4) return { kind: 'more' };
  const length = ((message[1] ?? 0) << 16) | word(message, 2);
  if (length > MAX_WIRE) return refused('too_long');
  if (message.length < 4 + length) return { kind: 'more' };
  // A client has nothing to say after its hello until the server has spoken.
  if (message.length > 4 + length) return refused('malformed');
  const hello = readHello(new Cursor(message.subarray(4)));
  return hello === undefined ? refused('malformed') : { kind: 'hello', hello };
}

function readHello(body: Cursor): ClientHello | undefined {
  const version = body.take(2);
  const random = body.take(32);
  const session = body.vector(1);
  const ciphers = body.vector(2);
  const compression = body.vector(1);
  if (version?.[0] !== 3 || random === undefined || session === undefined) return undefined;
  if (session.length > 32 || ciphers === undefined || compression === undefined) return undefined;
  if (ciphers.length < 2 || ciphers.length % 2 !== 0 || compression.length < 1) return undefined;
  if (body.isAtEnd) return { serverName: undefined, hasEch: false, alpn: [] };
  const extensions = body.vector(2);
  return extensions === undefined || !body.isAtEnd ? undefined : readExtensions(extensions);
}

function readExtensions(bytes: Uint8Array): ClientHello | undefined {
  const found = new Map<number, Uint8Array>();
  const cursor = new Cursor(bytes);
  while (!cursor.isAtEnd) {
    const type = cursor.take(2);
    const data = cursor.vector(2);
    if (type === undefined || data === undefined) return undefined;
    // Twice the same could be read as the one by us and as the other by the server.
    if (found.has(word(type, 0))) return undefined;
    found.set(word(type, 0), data);
  }
  const name = found.get(EXTENSION.serverName);
  const serverName = name === undefined ? undefined : readServerName(name);
  const protocols = found.get(EXTENSION.alpn);
  const alpn = protocols === undefined ? [] : readAlpn(protocols);
  if (serverName === 'malformed' || alpn === undefined) return undefined;
  const hasEch = found.has(EXTENSION.ech) || found.has(EXTENSION.esni);
  return { serverName, hasEch, alpn };
}

/** Exactly one name of the one type that there is. */
function readServerName(bytes: Uint8Array): string | 'malformed' {
  const outer = new Cursor(bytes);
  const list = outer.vector(2);
  if (list === undefined || !outer.isAtEnd) return 'malformed';
  const cursor = new Cursor(list);
  const type = cursor.take(1);
  const name = cursor.vector(2);
  if (type?.[0] !== 0 || name === undefined || !cursor.isAtEnd) return 'malformed';
  return normaliseName(String.fromCharCode(...name)) ?? 'malformed';
}

function readAlpn(bytes: Uint8Array): readonly string[] | undefined {
  const outer = new Cursor(bytes);
  const list = outer.vector(2);
  if (list === undefined || !outer.isAtEnd) return undefined;
  const names: string[] = [];
  for (const cursor = new Cursor(list); !cursor.isAtEnd;) {
    const name = cursor.vector(1);
    if (name === undefined || name.length === 0) return undefined;
    names.push(String.fromCharCode(...name));
  }
  return names;
}

/** A place in bytes that cannot leave them. */
class Cursor {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  take(length: number): Uint8Array | undefined {
    if (this.#at + length > this.#bytes.length) return undefined;
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  /** A vector with its length before it, in one or two bytes. */
  vector(lengthBytes: 1 | 2): Uint8Array | undefined {
    const length = this.take(lengthBytes);
    if (length === undefined) return undefined;
    return this.take(lengthBytes === 1 ? (length[0] ?? 0) : word(length, 0));
  }
}

function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

function refused(why: 'not_tls' | 'malformed' | 'too_long'): HelloOutcome {
  return { kind: 'refused', why };
}
