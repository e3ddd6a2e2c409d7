import { normaliseName } from './domain-name.ts';

/** What a program inside asked the resolver, read from bytes that it may have made by hand. */
export type DnsInput =
  | { readonly kind: 'query'; readonly query: DnsQuery }
  /** Answered with an error */
  | { readonly kind: 'error'; readonly query: DnsQuery; readonly rcode: Rcode }
  /** Not answered at all: too short to be a message, or itself an answer */
  | { readonly kind: 'drop' };

/** A question and what its answer must repeat. */
export interface DnsQuery {
  readonly id: number;
  readonly opcode: number;
  readonly recursionDesired: boolean;
  /** The question as it came, letters as they came (0x20); empty when it could not be read */
  readonly question: Uint8Array;
  /** Normalised; `undefined` for a name that no host can have */
  readonly name: string | undefined;
  readonly type: number;
  /** Largest answer that fits into a datagram of the asker; `undefined` without EDNS: 512 */
  readonly edns: { readonly size: number; readonly version: number } | undefined;
}

/** Response codes. Source: RFC 1035 section 4.1.1, RFC 6891 section 9 */
export const RCODE = {
  ok: 0,
  formErr: 1,
  servFail: 2,
  nxDomain: 3,
  notImp: 4,
  refused: 5,
  badVers: 16,
} as const;

/** One of {@link RCODE}. */
export type Rcode = (typeof RCODE)[keyof typeof RCODE];

/** Record types that are spoken of here. Source: IANA DNS parameters */
export const TYPE = { A: 1, AAAA: 28, OPT: 41, SVCB: 64, HTTPS: 65 } as const;

const HEADER = 12;
/** A question is a name and four bytes more; messages with more than a few records are nobody's. */
const MAX_MESSAGE = 4096;
const CLASS_IN = 1;

/**
 * Reads a query. Exactly one question, of class IN; nothing after what the header announces. Never
 * throws, never reads outside of the bytes, never follows a pointer.
 *
 * Source: RFC 1035 section 4, RFC 6891, RFC 9619 (one question)
 */
export function parseDnsQuery(bytes: Uint8Array): DnsInput {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER || bytes.length > MAX_MESSAGE) return { kind: 'drop' };
  const flags = view.getUint16(2);
  if ((flags & 0x8000) !== 0) return { kind: 'drop' };
  const bare = {
    id: view.getUint16(0),
    opcode: (flags >> 11) & 15,
    recursionDesired: (flags & 0x0100) !== 0,
    question: new Uint8Array(),
    name: undefined,
    type: 0,
    edns: undefined,
  };
  if (bare.opcode !== 0) return { kind: 'error', query: bare, rcode: RCODE.notImp };
  const asked = readQuestion(view);
  if (asked === undefined) return { kind: 'error', query: bare, rcode: RCODE.formErr };
  const { end, name, type, qclass } = asked;
  const query = { ...bare, question: bytes.slice(HEADER, end), name, type };
  const edns = readRecords(view, end);
  if (edns === 'malformed') return { kind: 'error', query, rcode: RCODE.formErr };
  const whole: DnsQuery = { ...query, edns };
  if (edns !== undefined && edns.version !== 0) {
    return { kind: 'error', query: whole, rcode: RCODE.badVers };
  }
  if (qclass !== CLASS_IN) return { kind: 'error', query: whole, rcode: RCODE.refused };
  return { kind: 'query', query: whole };
}

/** The one question; `undefined` for none, several or a broken one. */
function readQuestion(view: DataView) {
  if (view.getUint16(4) !== 1) return undefined;
  const labels = readLabels(view, HEADER);
  // Before the first name there is nothing that a pointer could point to.
  if (labels === undefined || labels.isCompressed) return undefined;
  const { end } = labels;
  if (end + 4 > view.byteLength) return undefined;
  return {
    end: end + 4,
    name: nameOf(labels.words),
    type: view.getUint16(end),
    qclass: view.getUint16(end + 2),
  };
}

/** A dot within a label would make two names of one: `www.a\.b.c`. */
function nameOf(words: readonly string[]): string | undefined {
  return words.some((word) => word.includes('.')) ? undefined : normaliseName(words.join('.'));
}

interface Labels {
  readonly words: readonly string[];
  /** Where the next field begins */
  readonly end: number;
  /** It ends in a pointer, which is not followed */
  readonly isCompressed: boolean;
}

function readLabels(view: DataView, start: number): Labels | undefined {
  const words: string[] = [];
  let at = start;
  while (at < view.byteLength) {
    const length = view.getUint8(at);
    if (length === 0) return { words, end: at + 1, isCompressed: false };
    if ((length & 0xc0) === 0xc0) {
      return at + 2 > view.byteLength ? undefined : { words, end: at + 2, isCompressed: true };
    }
    // 0x40 and 0x80 were extended labels; nobody uses them. Source: RFC 6891 section 5
    if (length > 63 || at + 1 + length > view.byteLength || at - start + length > 254) {
      return undefined;
    }
    const label = new Uint8Array(view.buffer, view.byteOffset + at + 1, length);
    words.push(String.fromCharCode(...label));
    at += 1 + length;
  }
  return undefined;
}

/** What follows the question: records that nobody needs, and at most one OPT. */
function readRecords(view: DataView, start: number): DnsQuery['edns'] | 'malformed' {
  const count = view.getUint16(6) + view.getUint16(8) + view.getUint16(10);
  let at = start;
  let edns: DnsQuery['edns'];
  for (let index = 0; index < count; index++) {
    const labels = readLabels(view, at);
    if (labels === undefined || labels.end + 10 > view.byteLength) return 'malformed';
    const { end } = labels;
    const next = end + 10 + view.getUint16(end + 8);
    if (next > view.byteLength) return 'malformed';
    if (view.getUint16(end) === TYPE.OPT) {
      if (edns !== undefined || end !== at + 1) return 'malformed';
      edns = { size: view.getUint16(end + 2), version: view.getUint8(end + 5) };
    }
    at = next;
  }
  return at === view.byteLength ? edns : 'malformed';
}
