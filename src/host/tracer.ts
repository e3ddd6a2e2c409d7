import { spawn } from 'node:child_process';
import { CtError } from '../base/errors.ts';
import { systemPath } from './exec.ts';

/** A tracer at work on a session. */
export interface Tracer {
  /** Ends it, if the end of the session has not; resolves to the lines that it wrote */
  finish(): Promise<readonly string[]>;
}

/** How long a tracer may take to write what it noted once the session has ended, `ms` */
const REPORT_MS = 2_000;

/**
 * Runs a Perl program, given as text, on the host beside a session until it says `ready`. Perl, since
 * ptrace(2) takes a program that can make system calls, Node cannot, and Debian has no host without.
 *
 * Errors: unsupported without perl; failed_precondition when the kernel does not let it trace
 */
export async function startTracer(
  script: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Tracer> {
  const child = spawn('perl', ['-', ...args], {
    env: { PATH: systemPath(env['PATH']), LC_ALL: 'C' },
    cwd: '/',
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const text = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text.out += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text.err += chunk));
  child.stdin.on('error', () => undefined).end(script);
  let missing = false;
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', () => {
      missing = true;
      resolve();
    });
  });
  const ready = new Promise<void>((resolve) => {
    child.stdout.on('data', () => text.out.startsWith('ready\n') && resolve());
  });
  await Promise.race([ready, ended]);
  if (missing) throw noPerl();
  if (!text.out.startsWith('ready\n')) throw cannotTrace(text.err);
  return {
    finish: async () => {
      const timer = setTimeout(() => child.kill('SIGTERM'), REPORT_MS);
      await ended;
      clearTimeout(timer);
      return text.out.split('\n').slice(1, -1);
    },
  };
}

function noPerl(): CtError {
  return new CtError('unsupported', '--explain-denials needs perl on this host', {
    hint: 'install it (Debian: perl-base, Fedora: perl-interpreter), or run without the option',
  });
}

function cannotTrace(reason: string): CtError {
  return new CtError('failed_precondition', 'the session cannot be traced', {
    hint: `${reason.trim().slice(0, 300) || 'the tracer said nothing'}\n(kernel.yama.ptrace_scope must be below 3)`,
  });
}
