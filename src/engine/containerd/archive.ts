import { createHash } from 'node:crypto';
import { addAbortSignal, PassThrough, type Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { CtError } from '../../base/errors.ts';
import { eachEntry, firstBytes, unzipped, type TarEntry } from '../../host/tar.ts';
import { isImageConfig } from '../registry/image-config.ts';
import { zstdLayer } from '../registry/manifest.ts';
import type { ImageConfig } from './image-records.ts';

/** An image as an archive has it. */
export interface ArchivedImage<Layer> {
  readonly names: readonly string[];
  readonly config: ImageConfig;
  readonly layers: readonly Layer[];
}

const MAX_JSON_BYTES = 8 * 1024 * 1024;
/** Of all documents together: they are kept until the last entry was read. */
const MAX_DOCUMENTS_BYTES = 4 * MAX_JSON_BYTES;

interface Descriptor {
  readonly digest?: string;
  readonly mediaType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface Manifest {
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
  /** Of an index */
  readonly manifests?: readonly Descriptor[];
}

/**
 * Reads an OCI or docker archive in one pass, without a copy on disk. The layers come before the
 * manifest that names them, so `store` gets every layer as it comes, unpacked; what the manifest then
 * does not name is left to the garbage collector. Blobs are held against their digests.
 *
 * Errors: failed_precondition when it holds no image or a blob is damaged · unsupported
 * Source: image-spec image-layout.md; docker image specification v1.2
 */
export async function readImageArchive<Layer>(
  archive: Readable,
  store: (tar: Readable) => Promise<Layer>,
  signal?: AbortSignal,
): Promise<readonly ArchivedImage<Layer>[]> {
  if (signal !== undefined) addAbortSignal(signal, archive);
  const documents = new Map<string, string>();
  const layers = new Map<string, Layer>();
  let left = MAX_DOCUMENTS_BYTES;
  await eachEntry(archive, async (entry) => {
    if (entry.type !== 'file' || entry.size === 0) return;
    const check = digestCheck(entry);
    const body = entry.body.pipe(check.stream);
    entry.body.on('error', (error: Error) => check.stream.destroy(error));
    const isJson = (await firstBytes(body, 1)).toString() === '{' || /\.json$/u.test(entry.name);
    if (isJson) {
      left -= entry.size;
      documents.set(entry.name, await textOf(body, entry, left));
    } else if (entry.name.includes('/') || entry.name.endsWith('.tar')) {
      layers.set(entry.name, await store(await unpackable(body)));
    }
    // Of a blob everything is held against its digest, though gzip may have ended before it did; and the
    // tar goes on only when all of it was taken.
    body.unpipe();
    body.resume();
    await finished(body, { writable: false });
    check.verify();
  });
  const images = documents.has('index.json')
    ? ociImages(documents, layers)
    : dockerImages(documents, layers);
  if (images.length === 0) throw noImage();
  return images;
}

function noImage(): CtError {
  return new CtError('failed_precondition', 'there is no image in the archive');
}

/** A blob's name is its digest: what passes must have it. */
function digestCheck({ name }: TarEntry): { readonly stream: PassThrough; verify(): void } {
  const stream = new PassThrough();
  const expected = /^blobs\/sha256\/([0-9a-f]{64})$/u.exec(name)?.[1];
  if (expected === undefined) return { stream, verify: () => undefined };
  const hash = createHash('sha256');
  const write = stream._transform.bind(stream);
  stream._transform = (chunk: Buffer, encoding, done) => {
    hash.update(chunk);
    write(chunk, encoding, done);
  };
  return {
    stream,
    verify: () => {
      if (hash.digest('hex') === expected) return;
      throw new CtError(
        'failed_precondition',
        `the archive is damaged: ${name} has another digest`,
      );
    },
  };
}

async function textOf(body: Readable, { name, size }: TarEntry, left: number): Promise<string> {
  if (size > MAX_JSON_BYTES || left < 0) {
    throw new CtError('failed_precondition', `the archive's ${name} is too large`);
  }
  const pieces: Buffer[] = [];
  for await (const piece of body) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}

/** A layer's tar, unpacked if gzip(1) packed it. Errors: unsupported for zstd, which Node 20 cannot read */
export async function unpackable(body: Readable): Promise<Readable> {
  const magic = (await firstBytes(body, 4)).toString('hex');
  if (magic === '28b52ffd') throw zstdLayer();
  return unzipped(body);
}

function ociImages<Layer>(
  documents: ReadonlyMap<string, string>,
  layers: ReadonlyMap<string, Layer>,
): readonly ArchivedImage<Layer>[] {
  const read = (descriptor: Descriptor | undefined): Manifest =>
    parse(documents, blobName(descriptor));
  const images = (list: Manifest, name: string | undefined): ArchivedImage<Layer>[] =>
    (list.manifests ?? []).flatMap((descriptor) => {
      const named = descriptor.annotations?.['org.opencontainers.image.ref.name'] ?? name;
      const manifest = read(descriptor);
      if (manifest.manifests !== undefined) return images(manifest, named);
      return [
        {
          names: named === undefined ? [] : [named],
          config: configAt(documents, blobName(manifest.config)),
          layers: (manifest.layers ?? []).map((layer) => pick(layers, blobName(layer))),
        },
      ];
    });
  return images(parse(documents, 'index.json'), undefined);
}

interface DockerImage {
  readonly Config?: string;
  readonly RepoTags?: readonly string[] | null;
  readonly Layers?: readonly string[];
}

function dockerImages<Layer>(
  documents: ReadonlyMap<string, string>,
  layers: ReadonlyMap<string, Layer>,
): readonly ArchivedImage<Layer>[] {
  if (!documents.has('manifest.json')) throw noImage();
  return (parse(documents, 'manifest.json') as unknown as readonly DockerImage[]).map((image) => ({
    names: image.RepoTags ?? [],
    config: configAt(documents, image.Config ?? ''),
    layers: (image.Layers ?? []).map((name) => pick(layers, name)),
  }));
}

function blobName(descriptor: Descriptor | undefined): string {
  return `blobs/${(descriptor?.digest ?? '').replace(':', '/')}`;
}

/** What is stored is read again by every list of images, so what is no configuration stays out. */
function configAt(documents: ReadonlyMap<string, string>, name: string): ImageConfig {
  const config: unknown = parse(documents, name);
  if (isImageConfig(config)) return config;
  throw new CtError('failed_precondition', 'the archive has a configuration that is none', {
    details: { name },
  });
}

function parse(documents: ReadonlyMap<string, string>, name: string): Manifest {
  try {
    return JSON.parse(documents.get(name) ?? '') as Manifest;
  } catch (thrown) {
    throw new CtError('failed_precondition', `the archive is incomplete: ${name} cannot be read`, {
      cause: thrown,
    });
  }
}

function pick<Layer>(layers: ReadonlyMap<string, Layer>, name: string): Layer {
  const layer = layers.get(name);
  if (layer !== undefined) return layer;
  throw new CtError('failed_precondition', `the archive is incomplete: layer ${name} is missing`);
}
