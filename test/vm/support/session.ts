import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ct, eventually, type Run } from '../../integration/support/ct.ts';

/** A session as `ct ps --json` shows it, with what is measured. */
export interface Measured {
  readonly id: string;
  readonly pid: number;
  readonly status: string;
  readonly life: string;
  readonly enforcement: readonly { readonly aspect: string; readonly level: string }[];
}

/** Emulation is slow: what takes a second elsewhere takes half a minute here. `ms` */
export const PATIENCE_MS = 300_000;

/** What programs of sessions, and the tests, write into projects here. */
export const WRITTEN: readonly string[] = ['script', 'out', 'fork', 'busy', 'rest', 'begun'];

/** Sessions in every state. */
export async function measured(): Promise<readonly Measured[]> {
  const { stdout, stderr, status } = await ct(['ps', '-a', '--json']);
  if (status !== 0) throw new Error(`ct ps: ${stderr}`);
  return (JSON.parse(stdout.toString()) as { sessions: readonly Measured[] }).sessions;
}

/** What a script in a project has written, line by line. */
export function said(cwd: string): readonly string[] {
  const out = join(cwd, 'out');
  return existsSync(out) ? readFileSync(out, 'utf8').trim().split('\n') : [];
}

/** Waits until a script in a project has said `word` on a line of its own. */
export async function says(cwd: string, word: string): Promise<void> {
  await eventually(`it says ${word}`, () => said(cwd).includes(word), PATIENCE_MS);
}

/** Lets a script go on that waits for a file. */
export function release(cwd: string, name: string): void {
  writeFileSync(join(cwd, name), '');
}

/** Starts a detached session with `script`, which writes to `./out`; gives its id. */
export async function detached(
  options: readonly string[],
  script: string,
  run: Run & { readonly cwd: string },
): Promise<string> {
  writeFileSync(join(run.cwd, 'script'), script);
  const words = ['run', '-d', ...options, 'shell', '-c', 'exec bash script > out 2>&1'];
  const started = await ct(words, run);
  if (started.status !== 0) throw new Error(`ct run -d: ${started.stderr}`);
  return started.stdout.toString().trim();
}
