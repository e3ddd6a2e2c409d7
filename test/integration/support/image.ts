import { ct, project } from './ct.ts';

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
