import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync } from 'node:fs';
import { constants } from 'node:os';
import { join, resolve } from 'node:path';

/** How a run of `ct` went. */
export interface Done {
  /** Exit status, or 128 + n like a shell when a signal ended it */
  readonly status: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** How to run it. */
export interface Run {
  readonly input?: string | Buffer;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Runs this instead, for `ct` behind a shell */
  readonly program?: readonly [string, ...string[]];
}

const bin = (): string => resolve(process.env['CT_TEST_BIN'] ?? 'dist/main.cjs');

/** Starts the real `ct` with pipes, to be watched, signalled or killed. */
export function startCt(
  args: readonly string[],
  run: Run = {},
): ChildProcessWithoutNullStreams & { finished: Promise<Done> } {
  const [program, ...before] = run.program ?? [bin()];
  const child = spawn(program, [...before, ...args], {
    cwd: run.cwd ?? project(),
    env: { ...process.env, ...run.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  child.stdin.on('error', () => undefined);
  if (run.input !== undefined) child.stdin.end(run.input);
  const finished = once(child, 'close').then(([code, signal]: unknown[]) => ({
    status: (code as number | null) ?? 128 + constants.signals[signal as NodeJS.Signals],
    stdout: Buffer.concat(out),
    stderr: Buffer.concat(err).toString(),
  }));
  return Object.assign(child, { finished });
}

/** Runs the real `ct` to its end; without input, standard input is empty. */
export async function ct(args: readonly string[], run: Run = {}): Promise<Done> {
  return startCt(args, { input: '', ...run }).finished;
}

/** Runs a shell script inside a session. */
export async function inSession(script: string, run: Run = {}): Promise<Done> {
  return ct(['run', 'shell', '-c', script], run);
}

let projects: string | undefined;

/** A new project directory, called `name` if that matters. */
export function project(name?: string): string {
  projects ??= mkdtempSync(join(realpathSync(process.env['HOME'] ?? '/tmp'), 'ct-test-'));
  const dir = join(mkdtempSync(join(projects, 'p-')), name ?? 'sample');
  mkdirSync(dir);
  return dir;
}

/** A session as `ct ps --json` shows it. */
export interface Listed {
  readonly id: string;
  readonly agent: string;
  readonly status: string;
  readonly life: string;
  readonly container: string;
}

/** Sessions there are, in every state. */
export async function sessions(): Promise<readonly Listed[]> {
  const { stdout, stderr, status } = await ct(['ps', '-a', '--json']);
  if (status !== 0) throw new Error(`ct ps: ${stderr}`);
  return (JSON.parse(stdout.toString()) as { sessions: readonly Listed[] }).sessions;
}

/** Waits until `check` holds; fails with `what` after a minute, or what the test allows. */
export async function eventually(
  what: string,
  check: () => Promise<boolean> | boolean,
  limitMs = 60_000,
): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await check())) {
    if (performance.now() > deadline)
      throw new Error(`within ${limitMs / 1000} seconds it never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
