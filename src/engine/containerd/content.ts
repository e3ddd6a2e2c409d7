import { createHash, randomBytes } from 'node:crypto';
import { isCtError } from '../../base/errors.ts';
import { WriteAction } from '../../gen/content.ts';
import type { Call, Transport } from './transport.ts';
import { Content } from './services.ts';

/** A blob that was written. */
export interface Blob {
  /** `sha256:…` */
  readonly digest: string;
  readonly size: number;
}

const CHUNK_BYTES = 1024 * 1024;

/**
 * Writes bytes into the store and learns their digest on the way: memory holds one chunk.
 *
 * Labels are what the garbage collector follows. A blob that is there already is not written again, and
 * the store then forgets the labels, so they are set by a call of their own.
 */
export async function writeBlob(
  transport: Transport,
  bytes: AsyncIterable<Buffer>,
  wish: { readonly labels: Readonly<Record<string, string>>; readonly call: Call },
): Promise<Blob> {
  const ref = `ct-${randomBytes(8).toString('hex')}`;
  const hash = createHash('sha256');
  const dialogue = await transport.dialogue(Content.write, { ...wish.call, deadlineMs: 0 });
  let offset = 0;
  let written = Promise.resolve<unknown>(undefined);
  const labels = { ...wish.labels };
  try {
    for await (const data of inChunks(bytes)) {
      hash.update(data);
      await written;
      written = dialogue.ask({ action: WriteAction.WRITE, ref, offset: BigInt(offset), data });
      // Awaited when the next piece is there: the store writes while that is read.
      written.catch(() => undefined);
      offset += data.length;
    }
    await written;
    const digest = `sha256:${hash.digest('hex')}`;
    const last = { action: WriteAction.COMMIT, ref, offset: BigInt(offset), total: BigInt(offset) };
    try {
      await dialogue.ask({ ...last, expected: digest, labels });
    } catch (thrown) {
      if (!isCtError(thrown, 'already_exists')) throw thrown;
      await setLabels(transport, digest, labels);
    }
    return { digest, size: offset };
  } catch (thrown) {
    await transport
      .unary(Content.abort, { ref }, { doing: 'drop what was half written' })
      .catch(() => undefined);
    throw thrown;
  } finally {
    dialogue.end();
  }
}

/**
 * Pieces of about a megabyte: every message is answered, and small ones would cost a turn each; one of more than
 * sixteen is refused.
 */
async function* inChunks(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let pieces: Buffer[] = [];
  let size = 0;
  for await (const given of bytes) {
    for (let at = 0; at < given.length; at += CHUNK_BYTES) {
      const piece = given.subarray(at, at + CHUNK_BYTES);
      pieces.push(piece);
      size += piece.length;
      if (size < CHUNK_BYTES) continue;
      yield Buffer.concat(pieces);
      pieces = [];
      size = 0;
    }
  }
  if (size > 0) yield Buffer.concat(pieces);
}

async function setLabels(
  transport: Transport,
  digest: string,
  labels: Readonly<Record<string, string>>,
): Promise<void> {
  const paths = Object.keys(labels).map((key) => `labels.${key}`);
  if (paths.length === 0) return;
  const request = { info: { digest, labels: { ...labels } }, updateMask: paths };
  await transport.unary(Content.update, request, { doing: 'label what is in the store' });
}

/** Writes a JSON document. */
export function writeJson(
  transport: Transport,
  value: unknown,
  wish: Parameters<typeof writeBlob>[2],
): Promise<Blob> {
  return writeBlob(transport, once(Buffer.from(JSON.stringify(value))), wish);
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

/** Reads a JSON document; ours are small. Errors: not_found */
export async function readJson(transport: Transport, digest: string): Promise<unknown> {
  const pieces: Buffer[] = [];
  const call = { doing: 'read from the store' };
  for await (const { data } of transport.stream(Content.read, { digest }, call)) {
    pieces.push(Buffer.from(data));
  }
  return JSON.parse(Buffer.concat(pieces).toString());
}
