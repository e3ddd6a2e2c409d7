import { isCtError } from '../../base/errors.ts';
import type { Mount } from '../../gen/types.ts';
import type { Backend } from './backend.ts';
import { Snapshots } from './services.ts';

/**
 * A writable layer named `key` on top of `parent`. One that is there already has no container, or the caller
 * would not come to make it: it was left by a ct that was killed, and is replaced.
 *
 * Errors: not_found when the parent is missing
 */
export async function prepareSnapshot(
  { transport, place }: Backend,
  wish: { readonly key: string; readonly parent: string; readonly lease?: string },
): Promise<readonly Mount[]> {
  const { key, parent, lease } = wish;
  const prepare = async (): Promise<readonly Mount[]> => {
    const request = { snapshotter: place.snapshotter, key, parent, labels: {} };
    const call = { doing: `make the file system of ${key}`, lease };
    return (await transport.unary(Snapshots.prepare, request, call)).mounts;
  };
  try {
    return await prepare();
  } catch (thrown) {
    if (!isCtError(thrown, 'already_exists')) throw thrown;
  }
  await removeSnapshot({ transport, place }, key);
  return prepare();
}

/** How a snapshot is mounted; the paths mean something to the daemon only. */
export async function snapshotMounts(
  { transport, place }: Backend,
  key: string,
): Promise<readonly Mount[]> {
  const request = { snapshotter: place.snapshotter, key };
  const call = { doing: 'find the file system of the container' };
  return (await transport.unary(Snapshots.mounts, request, call)).mounts;
}

/** No error when it is gone. */
export async function removeSnapshot(
  { transport, place }: Pick<Backend, 'transport' | 'place'>,
  key: string,
): Promise<void> {
  try {
    const request = { snapshotter: place.snapshotter, key };
    await transport.unary(Snapshots.remove, request, {
      doing: 'remove the file system of the container',
    });
  } catch (thrown) {
    if (!isCtError(thrown, 'not_found')) throw thrown;
  }
}

/** Whether a layer is unpacked. */
export async function hasSnapshot(
  { transport, place }: Pick<Backend, 'transport' | 'place'>,
  key: string,
): Promise<boolean> {
  try {
    const request = { snapshotter: place.snapshotter, key };
    await transport.unary(Snapshots.stat, request, { doing: 'look for a layer' });
    return true;
  } catch (thrown) {
    if (isCtError(thrown, 'not_found')) return false;
    throw thrown;
  }
}
