import { mkdirSync, rmSync } from 'node:fs';
import { CtError, isCtError } from '../../base/errors.ts';
import { fileError } from '../../host/errors.ts';
import { ensurePrivateDir } from '../../host/files.ts';
import type { Container } from '../../gen/containers.ts';
import { Options } from '../../gen/runc.ts';
import type { ContainerSpec, CreatedContainer } from '../engine.ts';
import type { Backend, Place } from './backend.ts';
import { throwIfStopped } from './errors.ts';
import { requireImage } from './image-records.ts';
import { ioPaths, makeFifosDuring } from './io.ts';
import { lendFiles } from './network.ts';
import { ociSpec, type OciSpec } from './oci.ts';
import { readSeccomp } from './seccomp.ts';
import { prepareSnapshot, removeSnapshot } from './snapshots.ts';
import { bytesOf } from './transport.ts';
import { volumePath } from './volumes.ts';
import { Containers } from './services.ts';

/** Labels of a container for this folder's own use; `list` and `inspect` do not show them. */
export const OWN_LABEL = {
  autoRemove: 'ct-engine.auto-remove',
  terminal: 'ct-engine.terminal',
  stdin: 'ct-engine.stdin',
  network: 'ct-engine.network',
  imageId: 'ct-engine.image',
} as const;

/** Prefix of all of them. */
export const OWN_PREFIX = 'ct-engine.';

/** Types of the JSON that containerd passes on unread. Source: containerd typeurl registrations */
const SPEC_TYPE = 'types.containerd.io/opencontainers/runtime-spec/1/Spec';

const RUNTIME = 'io.containerd.runc.v2';

/** Longest name that containerd takes, and its form. Source: containerd identifiers/validate.go */
const NAME = /^[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*$/u;
const MAX_NAME = 76;

/** `Engine.create`. Name and id are the same here. */
export async function createContainer(
  backend: Backend,
  spec: ContainerSpec,
  signal?: AbortSignal,
): Promise<CreatedContainer> {
  const { name, sandbox } = spec;
  if (!NAME.test(name) || name.length > MAX_NAME) {
    throw new CtError('invalid_argument', `containerd takes no container named ${name}`);
  }
  throwIfStopped(`create the container ${name}`, signal);
  const image = await requireImage(backend, sandbox.image, sandbox.userns);
  // The record first: the garbage collector spares what it names, without a lease, and whoever cleans up after
  // a ct that was killed finds it.
  await createOn(backend, spec, { key: name, imageId: image.id, isSession: true }, signal);
  try {
    const rootfs = await prepareSnapshot(backend, { key: name, parent: image.chain });
    const { terminal, stdin } = sandbox;
    backend.prepared.set(name, { rootfs, terminal, stdin });
  } catch (thrown) {
    await removeRecord(backend, name);
    throw thrown;
  }
  return { id: name, warnings: [] };
}

/** What a container stands on. */
export interface Ground {
  /** Its writable layer; made before under `lease`, or afterwards */
  readonly key: string;
  readonly lease?: string;
  readonly imageId: string;
  /** What it writes does not become an image */
  readonly isSession?: true;
}

/**
 * Makes the record of a container, and its directory with the FIFOs of its streams.
 *
 * Errors: already_exists when the name is taken · not_found without the seccomp profile
 */
export async function createOn(
  backend: Backend,
  spec: ContainerSpec,
  ground: Ground,
  signal?: AbortSignal,
): Promise<void> {
  const { transport, place } = backend;
  const { name, sandbox } = spec;
  const dir = takeDirectory(place, name);
  try {
    const oci = ociSpec(sandbox, {
      ...place.ids,
      seccomp: readSeccomp(sandbox.seccomp),
      volume: (volume) => volumePath(place, volume),
      files: lendFiles(dir, sandbox, ground.isSession === true),
    });
    const call = { doing: `create the container ${name}`, lease: ground.lease, signal };
    const container = record(spec, oci, place, ground);
    const recorded = transport.unary(Containers.create, { container }, call);
    await makeFifosDuring(recorded, ioPaths(dir, '', sandbox));
  } catch (thrown) {
    // The record that was there before is somebody else's.
    if (!isCtError(thrown, 'already_exists')) {
      await deleteRecord(backend, name).catch(() => undefined);
    }
    rmSync(dir, { recursive: true, force: true });
    throw thrown;
  }
}

/**
 * The directory of a container, which nobody else has: with it goes the name, so that of two who make a
 * container of one name neither writes into the other's.
 */
function takeDirectory({ ioDir }: Place, name: string): string {
  const dir = `${ensurePrivateDir(ioDir)}/${name}`;
  try {
    mkdirSync(dir, { mode: 0o700 });
  } catch (thrown) {
    const failure = fileError(thrown, 'make the directory', dir);
    if (failure.code !== 'already_exists') throw failure;
    const text = `cannot create the container ${name}: the name is taken`;
    throw new CtError('already_exists', text, { cause: thrown });
  }
  return dir;
}

function record(spec: ContainerSpec, oci: OciSpec, place: Place, ground: Ground) {
  const { sandbox, labels } = spec;
  return {
    id: spec.name,
    image: sandbox.image,
    labels: {
      ...labels,
      ...(spec.autoRemove ? { [OWN_LABEL.autoRemove]: '1' } : {}),
      ...(sandbox.terminal ? { [OWN_LABEL.terminal]: '1' } : {}),
      ...(sandbox.stdin ? { [OWN_LABEL.stdin]: '1' } : {}),
      [OWN_LABEL.network]: sandbox.network.kind,
      [OWN_LABEL.imageId]: ground.imageId,
    },
    runtime: {
      name: RUNTIME,
      options: {
        typeUrl: 'containerd.runc.v1.Options',
        // Our streams belong to the user, who is the kept id inside and 0 in the daemon's namespace.
        value: bytesOf(Options, { binaryName: place.runtime ?? '' }),
      },
    },
    spec: { typeUrl: SPEC_TYPE, value: Buffer.from(JSON.stringify(oci)) },
    snapshotter: place.snapshotter,
    snapshotKey: ground.key,
  };
}

/** The record of a container. Errors: not_found */
export async function getContainer({ transport }: Backend, id: string): Promise<Container> {
  const { container } = await transport.unary(
    Containers.get,
    { id },
    { doing: `look at the container ${id}` },
  );
  if (container === undefined) throw new CtError('not_found', `there is no container ${id}`);
  return container;
}

/** A record with nothing in it, under which a task that lost its own can be ended. */
export async function createPlaceholder({ transport }: Backend, id: string): Promise<void> {
  const container = {
    id,
    runtime: { name: RUNTIME },
    spec: { typeUrl: SPEC_TYPE, value: Buffer.from('{}') },
  };
  const call = { doing: 'take over a container without a record' };
  try {
    await transport.unary(Containers.create, { container }, call);
  } catch (thrown) {
    // Somebody else cleans up at the same time.
    if (!isCtError(thrown, 'already_exists')) throw thrown;
  }
}

/** Records with all of `labels`, each as `key` or `key=value`. */
export async function listRecords(
  { transport }: Backend,
  labels: readonly string[],
): Promise<readonly Container[]> {
  const { containers } = await transport.unary(
    Containers.list,
    { filters: labels.length === 0 ? [] : [labels.map(labelFilter).join(',')] },
    { doing: 'list containers' },
  );
  return containers;
}

/** Source: containerd filters/parser.go: quoted as Go has it, which for these is JSON's way */
function labelFilter(text: string): string {
  const at = text.indexOf('=');
  const key = at < 0 ? text : text.slice(0, at);
  const field = `labels.${JSON.stringify(key)}`;
  return at < 0 ? field : `${field}==${JSON.stringify(text.slice(at + 1))}`;
}

/**
 * Takes the record, the writable layer and the FIFOs away; the task must have gone before. Cut off in between,
 * it leaves what the next list or the garbage collector takes away.
 */
export async function removeRecord(backend: Backend, id: string): Promise<void> {
  await Promise.all([deleteRecord(backend, id), removeSnapshot(backend, id)]);
  forgetHere(backend, id);
}

/** What this process has of a container, and its FIFOs. */
export function forgetHere({ prepared, opened, place }: Backend, id: string): void {
  prepared.delete(id);
  opened.get(id)?.close();
  opened.delete(id);
  if (NAME.test(id)) rmSync(`${place.ioDir}/${id}`, { recursive: true, force: true });
}

/** No error when it is gone. */
async function deleteRecord({ transport }: Backend, id: string): Promise<void> {
  const call = { doing: 'remove the container' };
  await transport.unary(Containers.delete, { id }, call).catch(ignoreGone);
}

/** For calls about what may be gone. */
export function ignoreGone(thrown: unknown): undefined {
  if (isCtError(thrown, 'not_found')) return undefined;
  throw thrown;
}
