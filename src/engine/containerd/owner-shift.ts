import { Transform, type TransformCallback } from 'node:stream';
import { CtError } from '../../base/errors.ts';
import { shiftId } from './idmap.ts';

const BLOCK = 512;
/** Largest number that seven octal digits hold. */
const MAX_OCTAL_ID = 0o7777777;
const MAX_PAX_BYTES = 1024 * 1024;

/**
 * Moves the owners in a tar stream to where keep-id looks for them, so that files of the image's root
 * show as root's inside. The rest of the bytes stay as they are, in order; nothing is gathered but one
 * header.
 *
 * Errors: unsupported for owners in extended headers (ids above two million), failed_precondition for
 * what is no tar
 * Source: pax(1) "ustar Interchange Format", "pax Header Block"
 */
export class OwnerShift extends Transform {
  readonly #kept: { readonly uid: number; readonly gid: number };
  #pending: Buffer = Buffer.alloc(0);
  /** Bytes of a body, with its padding, that go through unchanged */
  #body = 0;
  /** Bytes of an extended header, to be read as a whole */
  #extended = 0;
  #sizeOverride: number | undefined;

  constructor(kept: { readonly uid: number; readonly gid: number }) {
    super();
    this.#kept = kept;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
      while (this.#step());
      done();
    } catch (thrown) {
      done(CtError.from(thrown));
    }
  }

  override _flush(done: TransformCallback): void {
    if (this.#pending.length > 0 || this.#body > 0) {
      done(new CtError('failed_precondition', 'a layer of the image breaks off'));
    } else done();
  }

  /** Passes on what can be passed on; false when more is needed. */
  #step(): boolean {
    if (this.#body > 0) {
      if (this.#pending.length === 0) return false;
      const piece = this.#take(Math.min(this.#body, this.#pending.length));
      this.#body -= piece.length;
      this.push(piece);
      return true;
    }
    if (this.#extended > 0) {
      const padded = roundUp(this.#extended);
      if (this.#pending.length < padded) return false;
      const block = this.#take(padded);
      this.#readExtended(block.subarray(0, this.#extended));
      this.#extended = 0;
      this.push(block);
      return true;
    }
    if (this.#pending.length < BLOCK) return false;
    this.push(this.#header(Buffer.from(this.#take(BLOCK))));
    return true;
  }

  #take(size: number): Buffer {
    const piece = this.#pending.subarray(0, size);
    this.#pending = this.#pending.subarray(size);
    return piece;
  }

  #header(header: Buffer): Buffer {
    if (header.every((byte) => byte === 0)) return header;
    if (readOctal(header, 148, 8) !== checksum(header)) {
      throw new CtError('failed_precondition', 'a layer of the image is no tar archive');
    }
    const type = String.fromCharCode(header[156] ?? 0);
    const size = readOctal(header, 124, 12);
    if (type === 'x' || type === 'g') {
      if (size > MAX_PAX_BYTES) throw foreign('a header of more than a megabyte');
      this.#extended = size;
      return header;
    }
    this.#body = roundUp(this.#sizeOverride ?? size);
    // A link or a directory has no body, whatever its size says (1: hard link … 6: FIFO).
    if ('123456'.includes(type)) this.#body = 0;
    // The long name of the entry that follows.
    if (type === 'L' || type === 'K') return header;
    this.#sizeOverride = undefined;
    this.#setOwner(header);
    return header;
  }

  #setOwner(header: Buffer): void {
    writeOctal(header, 108, shiftId(readOctal(header, 108, 8), this.#kept.uid));
    writeOctal(header, 116, shiftId(readOctal(header, 116, 8), this.#kept.gid));
    // Names would be looked up in the wrong account file.
    if (header.toString('latin1', 257, 262) === 'ustar') header.fill(0, 265, 329);
    writeChecksum(header);
  }

  #readExtended(block: Buffer): void {
    for (const [key, value] of paxRecords(block.toString('utf8'))) {
      if (key === 'uid' || key === 'gid') throw foreign(`the ${key} ${value}`);
      if (key === 'size') this.#sizeOverride = Number(value);
    }
  }
}

function* paxRecords(text: string): Generator<[string, string]> {
  // "<length> <key>=<value>\n"; a value may hold line breaks, but not those that matter here.
  for (const [, key, value] of text.matchAll(/(?:^|\n)\d+ ([^=\n]+)=([^\n]*)/gu)) {
    yield [key ?? '', value ?? ''];
  }
}

function foreign(what: string): CtError {
  return new CtError('unsupported', `a layer of the image has ${what}, which ct cannot import`);
}

function roundUp(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}

/** Numbers too large for octal digits are binary, marked by the highest bit (GNU). */
function readOctal(header: Buffer, at: number, length: number): number {
  if (((header[at] ?? 0) & 0x80) !== 0) {
    const wide = header.readBigUInt64BE(at + length - 8);
    return Number(length === 8 ? wide & 0x7fffffffffffffffn : wide);
  }
  const text = header
    .toString('latin1', at, at + length)
    .replace(/[\0 ]+$/u, '')
    .trim();
  return text === '' ? 0 : Number.parseInt(text, 8);
}

function writeOctal(header: Buffer, at: number, value: number): void {
  if (value > MAX_OCTAL_ID) throw foreign(`the owner ${value}`);
  header.write(`${value.toString(8).padStart(7, '0')}\0`, at, 'latin1');
}

/** Source: pax(1): the sum of all bytes, those of the field itself as spaces */
function checksum(header: Buffer): number {
  let sum = 8 * 0x20;
  for (let index = 0; index < BLOCK; index += 1) {
    if (index < 148 || index >= 156) sum += header[index] ?? 0;
  }
  return sum;
}

function writeChecksum(header: Buffer): void {
  header.write(`${checksum(header).toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
}
