import { spawn } from 'node:child_process';
import { openTestEngine } from './engine-fixture.ts';
import { testImage } from './image.ts';

/** Podman's image of sessions, handed over to containerd as an OCI archive unless it has it. */
export async function containerdImage(): Promise<string> {
  const reference = await testImage();
  const engine = await openTestEngine('containerd');
  try {
    if ((await engine.images.inspect(reference)) !== undefined) return reference;
    const save = spawn('podman', ['save', '--format', 'oci-archive', reference], {
      cwd: '/',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [name] = await engine.images.load(save.stdout, {});
    if (name === undefined) throw new Error('podman save gave no image');
    if (name !== reference) await engine.images.tag(name, reference);
    return reference;
  } finally {
    await engine.close();
  }
}
