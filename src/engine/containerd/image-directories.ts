import { randomBytes } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { CtError } from '../../base/errors.ts';
import type { Mount } from '../../gen/types.ts';
import type { Backend } from './backend.ts';
import { requireImage } from './image-records.ts';
import { withLease } from './leases.ts';
import { prepareSnapshot, removeSnapshot } from './snapshots.ts';
import type { Kept } from './unpack.ts';

const LEASE_MS = 5 * 60_000;

/**
 * `Engine.images.directoriesAmong`: a look at the unpacked layers themselves, through the daemon's root,
 * since nothing is mounted for it. No link is followed.
 */
export async function directoriesInImage(
  backend: Backend,
  reference: string,
  paths: readonly string[],
  kept: Kept,
): Promise<readonly string[]> {
  const { chain } = await requireImage(backend, reference, { kind: 'keep-id', ...kept });
  const key = `ct-look-${randomBytes(6).toString('hex')}`;
  return withLease(backend.transport, LEASE_MS, async (lease) => {
    const mounts = await prepareSnapshot(backend, { key, parent: chain, lease });
    try {
      const layers = layersOf(mounts).map((dir) => `/proc/${backend.place.childPid}/root${dir}`);
      return paths.filter((path) => isDirectoryIn(layers, path));
    } finally {
      await removeSnapshot(backend, key);
    }
  });
}

/**
 * Directories of the layers, the topmost first. Source: mount(2) overlay "lowerdir"
 *
 * Errors: unsupported for a snapshotter that mounts in another way
 */
function layersOf([mount]: readonly Mount[]): readonly string[] {
  const lower = mount?.options.find((option) => option.startsWith('lowerdir='));
  const layers = lower?.slice('lowerdir='.length).split(':') ?? [];
  if (layers.length > 0 && layers.every((layer) => layer.startsWith('/'))) return layers;
  throw new CtError(
    'unsupported',
    'the snapshotter of containerd mounts in a way that ct does not know',
  );
}

/** Every part of the path is a directory where it first appears: what lies below is hidden by it. */
function isDirectoryIn(layers: readonly string[], path: string): boolean {
  const parts = path.split('/').filter(Boolean);
  return parts.every((_part, index) => {
    const prefix = `/${parts.slice(0, index + 1).join('/')}`;
    const stats = layers.map((layer) => lstatSync(layer + prefix, { throwIfNoEntry: false }));
    return stats.find((stat) => stat !== undefined)?.isDirectory() === true;
  });
}
