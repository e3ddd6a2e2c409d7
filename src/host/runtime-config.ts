import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { CtError, isCtError } from '../base/errors.ts';
import { printable } from '../base/text.ts';
import { runProgram, systemPath } from './exec.ts';

const READER = 'nsenter';
const DEADLINE_MS = 10_000;
/** A configuration is 60 KB with ct's filters */
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * The configuration that an engine wrote for a container's runtime, as JSON. Its directory belongs to the
 * container's root, a subordinate uid: where the caller cannot read it, `cat` does, in the user namespace of
 * `pid`. The directory above is the caller's own and is handed on open, so no path leads anywhere else.
 *
 * Errors: failed_precondition when it cannot be read, or the program that reads it is missing
 * Source: nsenter(1), user_namespaces(7)
 */
export async function readRuntimeConfig(
  path: string,
  pid: number,
  env: NodeJS.ProcessEnv,
): Promise<unknown> {
  try {
    return JSON.parse((await textOf(path, pid, env)).toString('utf8'));
  } catch (thrown) {
    if (isCtError(thrown, 'not_found')) throw noProgram(thrown, env);
    throw new CtError(
      'failed_precondition',
      "the engine's configuration of the session cannot be read",
      {
        hint: `it should be at ${path === '' ? '(the engine names no path)' : path}`,
        cause: thrown,
      },
    );
  }
}

function noProgram(cause: CtError, env: NodeJS.ProcessEnv): CtError {
  return new CtError(
    'failed_precondition',
    `cannot verify the session's filter: ${cause.message}`,
    {
      hint: [
        `PATH is '${printable(env['PATH'] ?? '')}': the directory of ${READER} and cat, mostly /usr/bin, belongs there`,
        `where ${READER} is not installed, it is in the package util-linux`,
      ].join('\n'),
      cause,
    },
  );
}

async function textOf(path: string, pid: number, env: NodeJS.ProcessEnv): Promise<Buffer> {
  try {
    return readFileSync(path);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EACCES') throw thrown;
  }
  const [dir, name] = [dirname(path), basename(path)];
  const asRoot = ['--target', String(pid), '--user', '--setuid', '0', '--setgid', '0', '--'];
  const { exitStatus, stdoutBytes, stderr } = await runProgram(
    {
      program: READER,
      args: [...asRoot, 'cat', `./${basename(dir)}/${name}`],
      env: { PATH: systemPath(env['PATH']), LC_ALL: 'C' },
      cwd: dirname(dir),
    },
    { deadlineMs: DEADLINE_MS, maxOutputBytes: MAX_BYTES },
  );
  if (exitStatus === 0) return stdoutBytes;
  throw new CtError('failed_precondition', `nsenter ended with ${exitStatus}: ${stderr.trim()}`);
}
