import { CtError, isCtError } from '../base/errors.ts';
import { printable } from '../base/text.ts';
import { runProgram } from '../host/exec.ts';
import { MAX_VALUE_BYTES } from '../secrets/value.ts';

/** A program that prints a secret: `op read …`, `infisical secrets get …`, `pass show …`. */
export interface SecretCommand {
  readonly argv: readonly string[];
  readonly deadlineMs: number;
}

/**
 * What the program prints. Neither that nor what it says on standard error is ever repeated: a password
 * manager's errors may hold what it was asked for.
 *
 * Errors: not_found · deadline_exceeded · failed_precondition with the exit status
 */
export async function readFromCommand(
  name: string,
  { argv, deadlineMs }: SecretCommand,
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<Buffer> {
  const [program = '', ...args] = argv;
  const shown = printable(program);
  const hint = `try it yourself; it is the command of [secrets.${name}] in config.toml`;
  try {
    const limits = { deadlineMs, maxOutputBytes: MAX_VALUE_BYTES + 2, ...(signal && { signal }) };
    const { exitStatus, stdoutBytes } = await runProgram({ program, args, env }, limits);
    if (exitStatus === 0) return stdoutBytes;
    throw new CtError(
      'failed_precondition',
      `${name}: ${shown} ended with exit status ${exitStatus}`,
      { hint },
    );
  } catch (thrown) {
    if (!isCtError(thrown)) throw thrown;
    if (thrown.message.startsWith(`${name}: `)) throw thrown;
    throw new CtError(thrown.code, `${name}: ${thrown.message}`, { hint, cause: thrown });
  }
}
