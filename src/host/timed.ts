import { spawn } from 'node:child_process';
import { CtError } from '../base/errors.ts';
import { printable } from '../base/text.ts';
import type { Command } from './exec.ts';

/** How long a program took, on a clock that begins before it is started. */
export interface TimedRun {
  /** Until its first byte on stdout, `ms`; `undefined` when it said nothing */
  readonly firstByteMs: number | undefined;
  /** Until it ended, `ms` */
  readonly totalMs: number;
  /** At most a megabyte of each */
  readonly stdout: string;
  readonly stderr: string;
}

/** A program under way, with an open standard input. */
export interface TimedProgram {
  /** Settles with its first byte on stdout, or its end; never fails */
  readonly spoke: Promise<void>;
  /** Errors: internal when it ends with a status other than 0: that is no figure */
  readonly ended: Promise<TimedRun>;
  /** Ends its standard input */
  release(): void;
}

const MAX_OUTPUT = 1024 * 1024;

/** Starts a program and times it. A signal kills it. */
export function startTimed(command: Command, signal: AbortSignal): TimedProgram {
  const startedMs = performance.now();
  const child = spawn(command.program, [...command.args], {
    env: command.env,
    cwd: command.cwd ?? '/',
    stdio: ['pipe', 'pipe', 'pipe'],
    shell: false,
  });
  const since = (): number => performance.now() - startedMs;
  let firstByteMs: number | undefined;
  const [stdout, stderr] = [textOf(child.stdout), textOf(child.stderr)];
  // A program that does not read closes its end: that is its right.
  child.stdin.on('error', () => undefined);
  const kill = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', kill, { once: true });
  const ended = new Promise<TimedRun>((resolve, reject) => {
    let totalMs = 0;
    child.once('error', reject);
    child.once('exit', () => (totalMs = since()));
    child.once('close', (code) => {
      signal.removeEventListener('abort', kill);
      if (signal.aborted) reject(CtError.from(signal.reason));
      else if (code === 0) {
        resolve({ firstByteMs, totalMs, stdout: stdout(), stderr: stderr() });
      } else reject(failed(command, code, stderr()));
    });
  });
  const spoke = new Promise<void>((resolve) => {
    child.stdout.once('data', () => {
      firstByteMs = since();
      resolve();
    });
    ended.then(
      () => resolve(),
      () => resolve(),
    );
  });
  return { spoke, ended, release: () => void child.stdin.end() };
}

/** Waits for all of them, also when one has failed: none is left behind. Errors: the first one's */
export async function allEnded(programs: readonly TimedProgram[]): Promise<void> {
  await Promise.allSettled(programs.map(({ ended }) => ended));
  await Promise.all(programs.map(({ ended }) => ended));
}

/** Runs a program with an empty standard input and times it. */
export async function timeProgram(command: Command, signal: AbortSignal): Promise<TimedRun> {
  const program = startTimed(command, signal);
  program.release();
  return program.ended;
}

function textOf(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.on('data', (chunk: Buffer) => {
    if (text.length < MAX_OUTPUT) text += chunk.toString();
  });
  return () => text;
}

function failed({ program, args }: Command, code: number | null, stderr: string): CtError {
  const line = printable([program, ...args].join(' ')).slice(0, 200);
  return new CtError('internal', `'${line}' ended with ${code ?? 'a signal'}, which is no figure`, {
    hint: printable(stderr.trim().split('\n').slice(-3).join(' · ')).slice(0, 300),
  });
}
