import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { eventually } from '../../integration/support/ct.ts';
import { PATIENCE_MS } from './session.ts';

/** A file of the tree that the machine's script waits for. */
const ENFORCE = 'enforce';

/** Has SELinux enforce its policy from now on. */
export async function enforce(): Promise<void> {
  writeFileSync(ENFORCE, '');
  await eventually('SELinux enforces', () => !existsSync(ENFORCE), PATIENCE_MS);
}

/** Label of a file. */
export function labelOf(path: string): string {
  return execFileSync('stat', ['-c', '%C', path], { encoding: 'utf8' }).trim();
}
