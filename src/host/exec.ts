import { spawn, type StdioOptions } from 'node:child_process';
import { CtError } from '../base/errors.ts';
import { printable } from '../base/text.ts';

/** A program to run: an argument array, never a shell line. */
export interface Command {
  /** Name looked up in `env.PATH`, or an absolute path */
  readonly program: string;
  readonly args: readonly string[];
  /** The whole environment */
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

/** Bounds of {@link runProgram}. */
export interface RunLimits {
  /** After this the program is killed, `ms` */
  readonly deadlineMs: number;
  /** Kept of each of stdout and stderr; the rest is dropped, `bytes` */
  readonly maxOutputBytes?: number;
  readonly signal?: AbortSignal;
}

/** How a program ended. */
export interface RunResult {
  /** 128 + n when it died of signal n */
  readonly exitStatus: number;
  readonly stdout: string;
  /** The same, as it came */
  readonly stdoutBytes: Buffer;
  readonly stderr: string;
}

const MAX_OUTPUT_BYTES = 1024 * 1024;

/**
 * Runs a program to its end without input.
 *
 * A status other than zero is an answer, not an error.
 * Errors: not_found when there is no such program · deadline_exceeded · canceled
 */
export async function runProgram(command: Command, limits: RunLimits): Promise<RunResult> {
  const child = spawnProgram(command, ['ignore', 'pipe', 'pipe'], false);
  const cap = limits.maxOutputBytes ?? MAX_OUTPUT_BYTES;
  const stdout = collect(child.stdout, cap);
  const stderr = collect(child.stderr, cap);
  let late = false;
  const kill = (): void => {
    child.kill('SIGKILL');
    // A grandchild may hold the other ends: whoever ends the program does not wait for it.
    child.stdout?.destroy();
    child.stderr?.destroy();
  };
  const timer = setTimeout(() => {
    late = true;
    kill();
  }, limits.deadlineMs);
  limits.signal?.addEventListener('abort', kill, { once: true });
  if (limits.signal?.aborted === true) kill();
  try {
    const exitStatus = await new Promise<number>((resolve, reject) => {
      child.once('error', (error) => reject(spawnError(error, command)));
      child.once('close', (code, signal) => resolve(code ?? 128 + signalNumber(signal)));
    });
    if (limits.signal?.aborted === true)
      throw new CtError('canceled', `${command.program} was stopped`);
    if (late) throw tooLate(command, limits.deadlineMs);
    const stdoutBytes = stdout();
    return {
      exitStatus,
      stdout: stdoutBytes.toString('utf8'),
      stdoutBytes,
      stderr: stderr().toString('utf8'),
    };
  } finally {
    clearTimeout(timer);
    limits.signal?.removeEventListener('abort', kill);
  }
}

/** A program that goes on after this process ends. */
export interface DetachedProgram {
  readonly pid: number;
  /** Settles when it ends while this process still watches */
  readonly ended: Promise<void>;
}

/**
 * Starts a program that outlives this process: own session, no terminal, output to `logFd`.
 *
 * Errors: not_found when there is no such program
 */
export async function startDetached(command: Command, logFd: number): Promise<DetachedProgram> {
  const child = spawnProgram(command, ['ignore', logFd, logFd], true);
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => reject(spawnError(error, command)));
  });
  child.unref();
  return {
    pid: child.pid ?? 0,
    ended: new Promise((resolve) => child.once('exit', () => resolve())),
  };
}

/** `PATH` with the directories of system programs, which ordinary users of Debian lack. */
export function systemPath(path: string | undefined): string {
  const parts = (path ?? '/usr/bin:/bin').split(':').filter((part) => part.startsWith('/'));
  for (const extra of ['/usr/local/sbin', '/usr/sbin', '/sbin']) {
    if (!parts.includes(extra)) parts.push(extra);
  }
  return parts.join(':');
}

function spawnProgram(command: Command, stdio: StdioOptions, detached: boolean) {
  return spawn(command.program, [...command.args], {
    env: command.env,
    cwd: command.cwd ?? '/',
    stdio,
    detached,
    shell: false,
  });
}

function collect(stream: NodeJS.ReadableStream | null, cap: number): () => Buffer {
  const chunks: Buffer[] = [];
  let size = 0;
  stream?.on('data', (chunk: Buffer) => {
    if (size < cap) chunks.push(chunk.subarray(0, cap - size));
    size += chunk.length;
  });
  return () => Buffer.concat(chunks);
}

function spawnError(error: Error, command: Command): CtError {
  const { code } = error as NodeJS.ErrnoException;
  const program = printable(command.program);
  if (code === 'ENOENT')
    return new CtError('not_found', `there is no program ${program}`, { cause: error });
  if (code === 'EACCES')
    return new CtError('permission_denied', `${program} cannot be executed`, { cause: error });
  return new CtError('failed_precondition', `cannot start ${program}: ${error.message}`, {
    cause: error,
  });
}

function tooLate(command: Command, deadlineMs: number): CtError {
  return new CtError(
    'deadline_exceeded',
    `${printable(command.program)} did not end within ${deadlineMs / 1000} s`,
  );
}

/** Signals that a child dies of are few; others count as 0. Source: signal(7) */
function signalNumber(signal: NodeJS.Signals | null): number {
  const numbers: Record<string, number> = {
    SIGKILL: 9,
    SIGTERM: 15,
    SIGINT: 2,
    SIGSEGV: 11,
    SIGABRT: 6,
  };
  return numbers[signal ?? ''] ?? 0;
}
