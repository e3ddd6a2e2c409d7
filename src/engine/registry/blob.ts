import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { brokenImage, mayPass, wireError } from './failures.ts';
import type { Descriptor } from './manifest.ts';

/** Where blobs come from: {@link RegistryClient} in real life. */
export interface BlobSource {
  readonly host: string;
  get(what: string, headers: Readonly<Record<string, string>>): Promise<IncomingMessage>;
}

/** How a blob is read. */
export interface BlobWish {
  readonly signal?: AbortSignal | undefined;
  /** Is told how many bytes there are so far */
  readonly onBytes?: (count: number) => void;
  /** Before the first new attempt; doubled for each further one, `ms` */
  readonly pauseMs?: number;
}

/** How often a connection may break without a megabyte in between. */
const ATTEMPTS = 5;
const PROGRESS_BYTES = 1024 * 1024;
const PAUSE_MS = 500;

/**
 * The bytes of a blob. Size and digest are held against the descriptor while they pass; the end of the
 * stream comes only when both are right. A connection that breaks is made again for the rest, where the
 * registry gives parts, and else from the start, without what was there already.
 *
 * Errors, out of the stream: failed_precondition for other bytes than promised · those of the client
 * Source: distribution-spec "Pulling blobs"; RFC 9110 section 14
 */
export function blobStream(source: BlobSource, blob: Descriptor, wish: BlobWish): Readable {
  return Readable.from(verified(source, blob, wish), { objectMode: false });
}

async function* verified(
  source: BlobSource,
  blob: Descriptor,
  { signal, onBytes, pauseMs = PAUSE_MS }: BlobWish,
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let offset = 0;
  let failures = 0;
  let lastFailure = 0;
  while (offset < blob.size || blob.size === 0) {
    try {
      for await (const piece of part(source, blob, offset)) {
        offset += piece.length;
        if (offset > blob.size) throw brokenImage(source.host, `more than ${blob.size} bytes`);
        hash.update(piece);
        onBytes?.(offset);
        yield piece;
      }
      if (blob.size === 0) break;
      if (offset < blob.size) throw wireError(source.host, new Error('it ended too early'));
    } catch (thrown) {
      if (offset - lastFailure >= PROGRESS_BYTES) failures = 0;
      [lastFailure, failures] = [offset, failures + 1];
      if (!mayPass(thrown) || failures >= ATTEMPTS || signal?.aborted === true) throw thrown;
      await sleep(pauseMs * 2 ** failures, undefined, { signal });
    }
  }
  if (`sha256:${hash.digest('hex')}` !== blob.digest) {
    throw brokenImage(source.host, `the digest of ${shortDigest(blob.digest)} is another one`);
  }
}

/** The bytes from `offset` on, as far as one answer brings them. */
async function* part(source: BlobSource, blob: Descriptor, offset: number): AsyncGenerator<Buffer> {
  const headers = offset === 0 ? {} : { range: `bytes=${offset}-` };
  const answer = await source.get(`blobs/${blob.digest}`, headers);
  try {
    const isRest = answer.statusCode === 206;
    const range = answer.headers['content-range'] ?? '';
    if (isRest && !range.startsWith(`bytes ${offset}-`)) {
      throw brokenImage(source.host, 'another part than was asked for');
    }
    const promised = answer.headers['content-length'];
    const wanted = isRest ? blob.size - offset : blob.size;
    if (promised !== undefined && Number(promised) !== wanted) {
      throw brokenImage(source.host, `${promised} bytes where ${wanted} were promised`);
    }
    // A registry that knows no parts begins anew: what is there already passes by.
    let skip = isRest ? 0 : offset;
    for await (const piece of answer as AsyncIterable<Buffer>) {
      const rest = piece.subarray(Math.min(skip, piece.length));
      skip -= piece.length - rest.length;
      if (rest.length > 0) yield rest;
    }
  } catch (thrown) {
    throw wireError(source.host, thrown);
  } finally {
    answer.destroy();
  }
}

/** As people see digests. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12);
}
