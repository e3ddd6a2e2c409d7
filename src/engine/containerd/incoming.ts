import type { Readable } from 'node:stream';
import { unzipped } from '../../host/tar.ts';
import type { LongCall } from '../engine.ts';
import { readImageArchive } from './archive.ts';
import type { Backend } from './backend.ts';
import type { Blob } from './content.ts';
import { throwIfStopped } from './errors.ts';
import { ownerOf, tagImage, writeImage, type ImageConfig } from './image-records.ts';
import { withLease } from './leases.ts';
import { storeLayer, unpackLayers, type Kept } from './unpack.ts';

const LEASE_MS = 60 * 60_000;

/** `EngineImages.load`. */
export async function loadArchive(
  backend: Backend,
  archive: Readable,
  kept: Kept,
  { signal, onProgress }: LongCall,
): Promise<readonly string[]> {
  return withLease(backend.transport, LEASE_MS, async (lease) => {
    const store = async (tar: Readable): Promise<Blob> => {
      const blob = await storeLayer(backend, tar, kept, { lease, signal });
      onProgress?.(`stored a layer of ${blob.size} bytes`);
      return blob;
    };
    const images = await readImageArchive(archive, store, signal).catch((thrown: unknown) => {
      // What the end of the archive breaks on the way is no fault of its own.
      throwIfStopped('load the image archive', signal);
      throw thrown;
    });
    const names: string[] = [];
    for (const { names: given, config, layers } of images) {
      const loaded = { layers, config, kept, lease, signal };
      const first =
        given[0] ?? `localhost/ct/loaded:${layers.at(-1)?.digest.slice(7, 19) ?? 'empty'}`;
      await settle(backend, loaded, first);
      for (const name of given.slice(1)) await tagImage(backend, first, name);
      names.push(first, ...given.slice(1));
    }
    return names;
  });
}

interface Loaded {
  readonly layers: readonly Blob[];
  readonly config: ImageConfig;
  readonly kept: Kept;
  readonly lease: string;
  readonly signal: AbortSignal | undefined;
}

/** Unpacks what is stored and names it; resolves to the image's id. */
async function settle(
  backend: Backend,
  { layers, config, kept, lease, signal }: Loaded,
  reference: string,
): Promise<string> {
  const chain = await unpackLayers(backend, layers, '', kept, { lease, signal });
  // The layers are others than the archive's, since their owners moved: so is the image.
  const rootfs = { type: 'layers', diff_ids: layers.map(({ digest }) => digest) };
  const image = {
    reference,
    chain,
    config: { ...config, rootfs },
    owner: ownerOf(kept),
    sizeBytes: layers.reduce((sum, { size }) => sum + size, 0),
  };
  return writeImage(backend, image, lease);
}

/** `EngineImages.importRootfs`. */
export async function importRootfs(
  backend: Backend,
  wish: { readonly tar: Readable; readonly reference: string; readonly kept: Kept },
  { signal }: LongCall,
): Promise<string> {
  const { tar, reference, kept } = wish;
  return withLease(backend.transport, LEASE_MS, async (lease) => {
    const layer = await storeLayer(backend, await unzipped(tar), kept, { lease, signal });
    const config = { os: 'linux', architecture: process.arch === 'arm64' ? 'arm64' : 'amd64' };
    return settle(backend, { layers: [layer], config, kept, lease, signal }, reference);
  });
}
