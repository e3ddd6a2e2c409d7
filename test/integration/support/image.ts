import { BASE_LABEL } from '../../../src/session/make-image.ts';
import { ct, project } from './ct.ts';
import { openTestEngine } from './engine-fixture.ts';

/** Reference of the image that sessions use here; it was made by the set-up. */
export async function testImage(): Promise<string> {
  const { stdout, stderr } = await ct(['run', '--dry-run', 'shell'], { cwd: project() });
  try {
    const plan = JSON.parse(stdout.toString()) as { container: { sandbox: { image: string } } };
    return plan.container.sandbox.image;
  } catch {
    throw new Error(`ct run --dry-run gave no plan: ${stderr}`);
  }
}

/** Reference of the base below that image, in Podman's store; others there may be a test's, and hostile. */
export async function testBase(): Promise<string> {
  const engine = await openTestEngine('podman', { ...process.env, CT_ENGINE: 'podman' });
  try {
    const image = await testImage();
    const base = (await engine.images.inspect(image))?.labels[BASE_LABEL];
    if (base === undefined) throw new Error(`${image} does not say which base it is built on`);
    return base;
  } finally {
    await engine.close();
  }
}
