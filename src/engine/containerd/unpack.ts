import { createHash, randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { CtError, isCtError } from '../../base/errors.ts';
import { runProgram, systemPath } from '../../host/exec.ts';
import type { Mount } from '../../gen/types.ts';
import type { Backend } from './backend.ts';
import { writeBlob, type Blob } from './content.ts';
import { shiftId } from './idmap.ts';
import { OwnerShift } from './owner-shift.ts';
import { hasSnapshot, removeSnapshot } from './snapshots.ts';
import { Diff, Snapshots } from './services.ts';

/** Unpacking a large layer on a slow disk, `ms` */
const APPLY_MS = 15 * 60_000;

const LAYER_TYPE = 'application/vnd.oci.image.layer.v1.tar';

/** Whose places owners are moved to. */
export interface Kept {
  readonly uid: number;
  readonly gid: number;
}

/** Stores a layer, not compressed, with its owners moved; its digest is also its diff id. */
export async function storeLayer(
  { transport }: Backend,
  tar: Readable,
  kept: Kept,
  wish: { readonly lease: string; readonly signal: AbortSignal | undefined },
): Promise<Blob> {
  const shift = new OwnerShift(kept);
  tar.on('error', (error: Error) => shift.destroy(error));
  const call = { doing: 'store a layer of the image', ...wish };
  try {
    return await writeBlob(transport, tar.pipe(shift), { labels: {}, call });
  } catch (thrown) {
    tar.destroy();
    throw thrown;
  }
}

/**
 * Unpacks layers on top of each other, on `parent`; resolves to the name of the topmost snapshot.
 *
 * Source: image-spec config.md "Layer ChainID"
 */
export async function unpackLayers(
  backend: Backend,
  layers: readonly Blob[],
  parent: string,
  kept: Kept,
  wish: { readonly lease: string; readonly signal: AbortSignal | undefined },
): Promise<string> {
  let chain = parent;
  for (const layer of layers) {
    const next = chain === '' ? layer.digest : `sha256:${sha256(`${chain} ${layer.digest}`)}`;
    if (!(await hasSnapshot(backend, next)))
      await unpack(backend, { layer, chain, next, kept, ...wish });
    chain = next;
  }
  return chain;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

interface Step {
  readonly kept: Kept;
  readonly layer: Blob;
  readonly chain: string;
  readonly next: string;
  readonly lease: string;
  readonly signal: AbortSignal | undefined;
}

async function unpack(
  backend: Backend,
  { layer, chain, next, kept, lease, signal }: Step,
): Promise<void> {
  const key = `ct-unpack-${randomBytes(6).toString('hex')}`;
  const { snapshotter } = backend.place;
  const call = { doing: 'unpack a layer of the image', lease, signal };
  const { mounts } = await backend.transport.unary(
    Snapshots.prepare,
    { snapshotter, key, parent: chain },
    call,
  );
  try {
    await applyLayer(backend, layer, mounts, { lease, signal });
    await giveToRoot(backend, mounts, kept);
    await backend.transport.unary(Snapshots.commit, { snapshotter, key, name: next }, call);
  } catch (thrown) {
    await removeSnapshot(backend, key).catch(() => undefined);
    // Another ct was quicker: the name says what is in it.
    if (isCtError(thrown, 'already_exists') && (await hasSnapshot(backend, next))) return;
    throw thrown;
  }
}

/**
 * The root directory itself is the one thing that containerd does not take from a layer: it stays the
 * daemon's, which is the user's own. Only root of the daemon's namespace may give it away.
 */
async function giveToRoot({ place }: Backend, mounts: readonly Mount[], kept: Kept): Promise<void> {
  const dir = writableDir(mounts);
  const owner = `${shiftId(0, kept.uid)}:${shiftId(0, kept.gid)}`;
  const { exitStatus, stderr } = await runProgram(
    {
      program: 'nsenter',
      args: ['-t', String(place.childPid), '-U', '-m', '--', 'chown', '-h', owner, '--', dir],
      env: { PATH: systemPath(undefined) },
    },
    { deadlineMs: 10_000 },
  );
  if (exitStatus !== 0) {
    throw new CtError(
      'failed_precondition',
      `cannot give the image's root directory to root: ${stderr}`,
    );
  }
}

/** Where a snapshot that is unpacked takes files. Source: mount(2) overlay "upperdir" */
function writableDir([mount]: readonly Mount[]): string {
  const upper = mount?.options.find((option) => option.startsWith('upperdir='));
  const dir =
    upper?.slice('upperdir='.length) ?? (mount?.type === 'bind' ? mount.source : undefined);
  if (dir?.startsWith('/') === true) return dir;
  throw new CtError(
    'unsupported',
    'the snapshotter of containerd mounts in a way that ct does not know',
  );
}

/** Unpacks one layer on to mounts; what came out must be what was stored. */
export async function applyLayer(
  { transport }: Backend,
  layer: Blob,
  mounts: readonly Mount[],
  wish: { readonly lease: string; readonly signal: AbortSignal | undefined },
): Promise<void> {
  const { applied } = await transport.unary(
    Diff.apply,
    {
      diff: { mediaType: LAYER_TYPE, digest: layer.digest, size: BigInt(layer.size) },
      mounts: [...mounts],
    },
    { doing: 'unpack a layer of the image', deadlineMs: APPLY_MS, ...wish },
  );
  if (applied?.digest !== layer.digest) {
    throw new CtError('internal', 'a layer of the image came out of the engine changed', {
      details: { stored: layer.digest, applied: applied?.digest },
    });
  }
}
