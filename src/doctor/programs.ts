import { runProgram } from '../host/exec.ts';

/** Standard output of a short program; `undefined` when it failed or took longer than 5 s. */
export async function runQuietly(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  try {
    const limits = { deadlineMs: 5000, maxOutputBytes: 64 * 1024 };
    const { exitStatus, stdout } = await runProgram({ program, args, env }, limits);
    return exitStatus === 0 ? stdout : undefined;
  } catch {
    return undefined;
  }
}
