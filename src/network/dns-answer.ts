import { parseAddress } from './address.ts';
import { RCODE, TYPE, type DnsQuery, type Rcode } from './dns-message.ts';

/** What to answer. */
export interface DnsAnswer {
  readonly rcode: Rcode;
  /** Addresses; those of another family than was asked for are left out: NODATA */
  readonly addresses?: readonly string[];
  /** `seconds` */
  readonly ttl?: number;
}

/** What goes over UDP without falling apart on the way. Source: DNS flag day 2020 */
const UDP_SIZE = 1232;
const PLAIN_SIZE = 512;
const TCP_SIZE = 65_535;

/**
 * The bytes of an answer: the question comes back letter for letter (0x20), EDNS only to those who use
 * it, and an answer that does not fit is empty and says so (TC).
 *
 * Source: RFC 1035 section 4, RFC 6891, draft-vixie-dnsext-dns0x20
 */
export function renderDnsAnswer(
  query: DnsQuery,
  answer: DnsAnswer,
  transport: 'udp' | 'tcp',
): Uint8Array {
  const records = (answer.addresses ?? []).flatMap((text) => {
    const record = renderRecord(query.type, text, answer.ttl ?? 0);
    return record === undefined ? [] : [record];
  });
  const opt = query.edns === undefined ? new Uint8Array() : renderOpt(answer.rcode);
  const size = 12 + query.question.length + opt.length + sum(records);
  const isTruncated = size > limitOf(query, transport);
  const kept = isTruncated ? [] : records;
  const header = renderHeader(query, answer.rcode, kept.length, isTruncated);
  return join([header, query.question, ...kept, opt]);
}

function limitOf({ edns }: DnsQuery, transport: 'udp' | 'tcp'): number {
  if (transport === 'tcp') return TCP_SIZE;
  return Math.min(UDP_SIZE, Math.max(PLAIN_SIZE, edns?.size ?? PLAIN_SIZE));
}

function renderHeader(query: DnsQuery, rcode: Rcode, answers: number, isTruncated: boolean) {
  const header = new Uint8Array(12);
  const view = new DataView(header.buffer);
  view.setUint16(0, query.id);
  // QR, opcode, TC, RD as asked, RA: Go's resolver takes an empty answer without RA for a referral.
  const flags =
    0x8000 |
    (query.opcode << 11) |
    (isTruncated ? 0x0200 : 0) |
    (query.recursionDesired ? 0x0100 : 0) |
    0x0080 |
    (rcode & 15);
  view.setUint16(2, flags);
  view.setUint16(4, query.question.length > 0 ? 1 : 0);
  view.setUint16(6, answers);
  view.setUint16(10, query.edns === undefined ? 0 : 1);
  return header;
}

/** An A or AAAA record for the name of the question (a pointer to it). */
function renderRecord(type: number, text: string, ttl: number): Uint8Array | undefined {
  const address = parseAddress(text);
  const wanted = type === TYPE.A ? 4 : type === TYPE.AAAA ? 6 : undefined;
  if (address === undefined || address.family !== wanted) return undefined;
  const length = wanted === 4 ? 4 : 16;
  const record = new Uint8Array(12 + length);
  const view = new DataView(record.buffer);
  view.setUint16(0, 0xc00c);
  view.setUint16(2, type);
  view.setUint16(4, 1);
  view.setUint32(6, ttl);
  view.setUint16(10, length);
  for (let index = 0; index < length; index++) {
    record[12 + index] = Number((address.value >> BigInt(8 * (length - 1 - index))) & 0xffn);
  }
  return record;
}

function renderOpt(rcode: Rcode): Uint8Array {
  const opt = new Uint8Array(11);
  const view = new DataView(opt.buffer);
  view.setUint16(1, TYPE.OPT);
  view.setUint16(3, UDP_SIZE);
  view.setUint8(5, rcode >> 4);
  return opt;
}

function sum(parts: readonly Uint8Array[]): number {
  return parts.reduce((total, part) => total + part.length, 0);
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(sum(parts));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** NXDOMAIN, in one word. */
export const NO_SUCH_NAME: DnsAnswer = { rcode: RCODE.nxDomain };
