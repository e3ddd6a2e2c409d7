import { spawn } from 'node:child_process';
import type { Engine } from '../../../src/engine/engine.ts';
import { openTestEngine } from './engine-fixture.ts';
import { testBase, testImage } from './image.ts';

/** Podman's image of sessions, handed over to containerd as an OCI archive unless it has it. */
export async function containerdImage(): Promise<string> {
  const reference = await testImage();
  const engine = await openTestEngine('containerd');
  try {
    await handOver(engine, reference);
    return reference;
  } finally {
    await engine.close();
  }
}

/**
 * The base image that Podman has: what `ct sys init` then does on containerd is the build alone, and not
 * a minute of making a base from packages once more.
 */
export async function handOverBase(): Promise<void> {
  const engine = await openTestEngine('containerd');
  try {
    await handOver(engine, await testBase());
  } finally {
    await engine.close();
  }
}

async function handOver(engine: Engine, reference: string): Promise<void> {
  if ((await engine.images.inspect(reference)) !== undefined) return;
  const save = spawn('podman', ['save', '--format', 'oci-archive', reference], {
    cwd: '/',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [name] = await engine.images.load(save.stdout, {});
  if (name === undefined) throw new Error('podman save gave no image');
  if (name !== reference) await engine.images.tag(name, reference);
}
