/** An IP address as a number: 32 bits of IPv4 or 128 of IPv6. */
export interface Address {
  readonly family: 4 | 6;
  readonly value: bigint;
}

/** Addresses with the first `prefix` bits of `base`; the other bits of `base` are zero. */
export interface Block {
  readonly base: Address;
  readonly prefix: number;
}

/** Bits of an address. */
export const BITS = { 4: 32, 6: 128 } as const;

/**
 * An address in its usual text form; `undefined` for anything else. Strict, so that every reader means
 * the same by it: no octal or short IPv4 forms, no zone index, no brackets.
 *
 * Source: RFC 6943 section 3.1.1, RFC 4291 section 2.2
 */
export function parseAddress(text: string): Address | undefined {
  return text.includes(':') ? parseV6(text) : parseV4(text);
}

function parseV4(text: string): Address | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/u.exec(text);
  if (match === null) return undefined;
  let value = 0n;
  for (const part of match.slice(1)) {
    if (Number(part) > 255 || (part.length > 1 && part.startsWith('0'))) return undefined;
    value = (value << 8n) | BigInt(part);
  }
  return { family: 4, value };
}

function parseV6(text: string): Address | undefined {
  if (text.length > 45) return undefined;
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [left = '', right] = halves;
  const before = groupsOf(left);
  const after = right === undefined ? [] : groupsOf(right);
  if (before === undefined || after === undefined) return undefined;
  // An IPv4 tail stands at the very end and nowhere else.
  if (right !== undefined && left.includes('.')) return undefined;
  const missing = 8 - before.length - after.length;
  if (right === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...before, ...Array.from({ length: missing }, () => 0), ...after];
  return { family: 6, value: groups.reduce((sum, group) => (sum << 16n) | BigInt(group), 0n) };
}

/** 16-bit groups of a part without `::`; a trailing IPv4 address counts as two. */
function groupsOf(text: string): readonly number[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const groups: number[] = [];
  for (const [index, part] of parts.entries()) {
    const v4 = index === parts.length - 1 && part.includes('.') ? parseV4(part) : undefined;
    if (v4 !== undefined) groups.push(Number(v4.value >> 16n), Number(v4.value & 0xffffn));
    else if (/^[0-9a-f]{1,4}$/iu.test(part)) groups.push(parseInt(part, 16));
    else return undefined;
  }
  return groups;
}

/** The canonical text of an address. Source: RFC 5952 */
export function renderAddress({ family, value }: Address): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join('.');
  const groups = Array.from({ length: 8 }, (_, i) =>
    Number((value >> BigInt(112 - 16 * i)) & 0xffffn),
  );
  const words = groups.map((group) => group.toString(16));
  const [start, length] = longestZeros(groups);
  if (length < 2) return words.join(':');
  return `${words.slice(0, start).join(':')}::${words.slice(start + length).join(':')}`;
}

function longestZeros(groups: readonly number[]): readonly [start: number, length: number] {
  let best: [number, number] = [0, 0];
  let start = 0;
  for (let index = 0; index <= groups.length; index++) {
    if (groups[index] === 0) continue;
    if (index - start > best[1]) best = [start, index - start];
    start = index + 1;
  }
  return best;
}

/**
 * `10.0.0.0/8`, or a single address. Bits behind the prefix must be zero: `10.1.2.3/8` is most likely a
 * slip, and says two different things.
 */
export function parseBlock(text: string): Block | 'host_bits' | undefined {
  const match = /^([0-9a-f:.]+)(?:\/(0|[1-9]\d{0,2}))?$/iu.exec(text);
  const base = parseAddress(match?.[1] ?? '');
  if (base === undefined) return undefined;
  const bits = BITS[base.family];
  const prefix = match?.[2] === undefined ? bits : Number(match[2]);
  if (prefix > bits) return undefined;
  const block = { base, prefix };
  return networkOf(block) === base.value ? block : 'host_bits';
}

/** The canonical text of a block; a single address without its prefix. */
export function renderBlock({ base, prefix }: Block): string {
  const text = renderAddress(base);
  return prefix === BITS[base.family] ? text : `${text}/${prefix}`;
}

/** Whether an address lies in a block. */
export function isInBlock(address: Address, { base, prefix }: Block): boolean {
  if (address.family !== base.family) return false;
  const shift = BigInt(BITS[base.family] - prefix);
  return address.value >> shift === base.value >> shift;
}

/** The block with its host bits cleared, as a number. */
export function networkOf({ base, prefix }: Block): bigint {
  const shift = BigInt(BITS[base.family] - prefix);
  return (base.value >> shift) << shift;
}
