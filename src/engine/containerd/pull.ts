import { createHash } from 'node:crypto';
import { Transform, type Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { CtError, isCtError } from '../../base/errors.ts';
import { printable } from '../../base/text.ts';
import type { LongCall } from '../engine.ts';
import { shortDigest } from '../registry/blob.ts';
import { openRemoteImage, type RemoteImage, type RemoteLayer } from '../registry/remote-image.ts';
import { unpackable } from './archive.ts';
import type { Backend } from './backend.ts';
import type { Blob } from './content.ts';
import { callError } from './errors.ts';
import { ownerOf, writeImage } from './image-records.ts';
import { findLayer, rememberLayer, type KnownLayer, type LayerKey } from './known-layers.ts';
import { withLease } from './leases.ts';
import { storeLayer, unpackLayers, type Kept } from './unpack.ts';

const LEASE_MS = 60 * 60_000;

/** What the steps of one pull share. */
interface Ground {
  readonly backend: Backend;
  readonly kept: Kept;
  readonly lease: string;
  readonly options: LongCall;
}

/**
 * Pulls an image for this host, layer after layer: fetched, verified, its owners moved, unpacked. A layer
 * that is unpacked already is not fetched. When the registry goes away or the user stops the pull, what is
 * unpacked stays for an hour, so that the next one goes on from there.
 *
 * Errors: see `registry/remote-image.ts`; resource_exhausted · canceled
 */
export async function pullImage(
  backend: Backend,
  reference: string,
  kept: Kept,
  options: LongCall,
): Promise<string> {
  const { signal } = options;
  let image: RemoteImage | undefined;
  try {
    options.onProgress?.(`Trying to pull ${reference}...`);
    image = await openRemoteImage(reference, backend.account, signal);
    const { config, layers } = image;
    options.onProgress?.(`layers of the image: ${layers.length}`);
    return await withLease(
      backend.transport,
      LEASE_MS,
      (lease) => take({ config, layers }, reference, { backend, kept, lease, options }),
      (thrown) => signal?.aborted === true || isCtError(thrown, 'unavailable'),
    );
  } catch (thrown) {
    throw pullError(reference, thrown, signal);
  } finally {
    image?.close();
  }
}

function pullError(reference: string, thrown: unknown, signal: AbortSignal | undefined): CtError {
  const doing = `pull ${printable(reference)}`;
  if (signal?.aborted === true) return callError(doing, signal.reason, signal);
  if (!(thrown instanceof CtError) || !('registry' in thrown.details)) return CtError.from(thrown);
  return new CtError(thrown.code, `cannot ${doing}: ${thrown.message}`, {
    ...(thrown.hint === undefined ? {} : { hint: thrown.hint }),
    details: thrown.details,
    cause: thrown.cause,
  });
}

async function take(
  { config, layers }: Pick<RemoteImage, 'config' | 'layers'>,
  reference: string,
  ground: Ground,
): Promise<string> {
  const { backend, kept, lease } = ground;
  const owner = ownerOf(kept);
  const blobs: Blob[] = [];
  let chain = '';
  for (const [index, layer] of layers.entries()) {
    const title = `layer ${index + 1} of ${layers.length} (${shortDigest(layer.digest)})`;
    const key = { parent: chain, packed: layer.digest, owner };
    const known = await takeLayer(layer, key, title, ground);
    blobs.push(known);
    chain = known.chain;
  }
  const rootfs = { type: 'layers', diff_ids: blobs.map(({ digest }) => digest) };
  const sizeBytes = blobs.reduce((sum, { size }) => sum + size, 0);
  const image = { reference, chain, owner, sizeBytes, config: { ...config, rootfs } };
  return writeImage(backend, image, lease);
}

async function takeLayer(
  layer: RemoteLayer,
  key: LayerKey,
  title: string,
  { backend, kept, lease, options }: Ground,
): Promise<KnownLayer> {
  const { signal, onProgress } = options;
  const there = await findLayer(backend, key, lease);
  if (there !== undefined) {
    onProgress?.(`${title} is there already`);
    return there;
  }
  const packed = layer.fetch(countBytes(layer.size, title, onProgress));
  const wish = { lease, signal };
  const blob = await storeVerified(backend, layer, packed, kept, wish);
  onProgress?.(`unpacking ${title}`);
  const chain = await unpackLayers(backend, [blob], key.parent, kept, wish);
  const known = { ...blob, chain };
  await rememberLayer(backend, key, known);
  return known;
}

/** Stores a layer; nothing that was not verified to its last byte comes back from here. */
async function storeVerified(
  backend: Backend,
  layer: RemoteLayer,
  packed: Readable,
  kept: Kept,
  wish: Parameters<typeof storeLayer>[3],
): Promise<Blob> {
  const check = new DigestCheck(layer.diffId);
  // Whoever reads it hears of errors; there may be nobody yet.
  packed.on('error', () => undefined);
  try {
    const tar = await unpackable(packed);
    tar.on('error', (error: Error) => check.destroy(error));
    const blob = await storeLayer(backend, tar.pipe(check), kept, wish);
    // gzip may have ended before the layer did: the rest is held against the digest too.
    packed.unpipe();
    packed.resume();
    await finished(packed);
    return blob;
  } catch (thrown) {
    throw brokenGzip(thrown);
  } finally {
    packed.destroy();
  }
}

/** Passes a layer's tar on, and fails at its end when it is another than the image says. */
class DigestCheck extends Transform {
  readonly #hash = createHash('sha256');
  readonly #expected: string;

  constructor(expected: string) {
    super();
    this.#expected = expected;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#hash.update(chunk);
    this.push(chunk);
    done();
  }

  override _flush(done: (error?: Error) => void): void {
    if (`sha256:${this.#hash.digest('hex')}` === this.#expected) return done();
    done(new CtError('failed_precondition', 'a layer of the image is not the one that it names'));
  }
}

function brokenGzip(thrown: unknown): unknown {
  const { code } = thrown as NodeJS.ErrnoException;
  if (thrown instanceof CtError || code?.startsWith('Z_') !== true) return thrown;
  return new CtError('failed_precondition', 'a layer of the image cannot be unpacked', {
    cause: thrown,
  });
}

/** Lines about a layer on its way: at its beginning, and every ten percent of what takes a while. */
function countBytes(
  size: number,
  title: string,
  onProgress: LongCall['onProgress'],
): (count: number) => void {
  const inMb = (bytes: number): string => (bytes / 1e6).toFixed(1);
  onProgress?.(`fetching ${title}, ${inMb(size)} MB`);
  let shown = 0;
  return (count) => {
    if (count - shown < Math.max(size / 10, 1e6)) return;
    shown = count;
    onProgress?.(`fetching ${title}: ${inMb(count)} of ${inMb(size)} MB`);
  };
}
