import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { fileError } from '../../host/errors.ts';
import { unpackFiles } from '../../host/tar.ts';
import type { ImageBuild, LongCall } from '../engine.ts';
import type { Backend } from './backend.ts';
import { readContainerfile, type BuildPlan } from './containerfile.ts';
import { configOf, ownerOf, requireImage, writeImage } from './image-records.ts';
import { withLease } from './leases.ts';
import { runStep } from './build-step.ts';
import { removeSnapshot } from './snapshots.ts';
import type { Kept } from './unpack.ts';
import { Snapshots } from './services.ts';

const LEASE_MS = 2 * 60 * 60_000;

/** What the steps of one build share. */
export interface BuildGround {
  readonly backend: Backend;
  readonly kept: Kept;
  /** The context, on the host */
  readonly contextDir: string;
  /** The writable layer that becomes the image's */
  readonly key: string;
  readonly lease: string;
  readonly options: LongCall;
}

/**
 * Builds an image in one layer on top of its base: containerd has no builder, and ct's own Containerfile
 * needs little of one. Every step runs in a container whose root file system is the one that becomes the
 * image.
 *
 * Errors: the failing step in the message · unsupported for what the Containerfile may not say
 */
export async function buildImage(
  backend: Backend,
  build: ImageBuild,
  kept: Kept,
  options: LongCall,
): Promise<string> {
  const contextDir = mkdtempSync(`${backend.place.ioDir}/build-`);
  try {
    await unpackFiles(build.context, contextDir);
    const text = readText(`${contextDir}/${build.containerfile}`);
    const plan = readContainerfile(text, build.args);
    return await withLease(backend.transport, LEASE_MS, (lease) =>
      carryOut(plan, build, {
        ...{ backend, kept, contextDir, lease, options },
        key: `ct-build-${randomBytes(6).toString('hex')}`,
      }),
    );
  } finally {
    rmSync(contextDir, { recursive: true, force: true });
  }
}

async function carryOut(plan: BuildPlan, build: ImageBuild, ground: BuildGround): Promise<string> {
  const { backend, kept, key, lease, options } = ground;
  const { transport, place } = backend;
  const { snapshotter } = place;
  const userns = { kind: 'keep-id', ...kept } as const;
  const base = await requireImage(backend, plan.base, userns);
  const call = { doing: `build the image ${build.reference}`, lease, signal: options.signal };
  await transport.unary(Snapshots.prepare, { snapshotter, key, parent: base.chain }, call);
  try {
    for (const step of plan.steps) await runStep(step, ground);
    await transport.unary(Snapshots.commit, { snapshotter, key, name: `${key}-done` }, call);
  } catch (thrown) {
    await removeSnapshot(backend, key).catch(() => undefined);
    throw thrown;
  }
  const below = await configOf(backend, plan.base);
  const labels = { ...below.config?.Labels, ...plan.labels, ...build.labels };
  const env = Object.entries(plan.env).map(([name, value]) => `${name}=${value}`);
  const image = {
    reference: build.reference,
    chain: `${key}-done`,
    config: {
      ...below,
      created: new Date().toISOString(),
      config: { Labels: labels, Env: [...(below.config?.Env ?? []), ...env] },
      // The layer has no packed form with a digest: its snapshot's name stands for it.
      rootfs: { type: 'snapshot', diff_ids: [`${key}-done`] },
    },
    owner: ownerOf(kept),
    sizeBytes: 0,
  };
  return writeImage(backend, image, lease);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    throw fileError(thrown, 'read the Containerfile', path);
  }
}
