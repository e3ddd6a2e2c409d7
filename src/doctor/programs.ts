import { accessSync, constants } from 'node:fs';
import { runProgram } from '../host/exec.ts';

/** An ordinary user's PATH often lacks these, and yet the engine looks there. */
const MORE_PLACES = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/libexec/podman'];

/** Full paths of those of `names` that are installed. */
export function findPrograms(
  names: readonly string[],
  searchPath: string | undefined,
): Readonly<Record<string, string>> {
  const directories = [...(searchPath ?? '/usr/bin:/bin').split(':'), ...MORE_PLACES];
  const found: Record<string, string> = {};
  for (const name of names) {
    const path = directories
      .filter((directory) => directory.startsWith('/'))
      .map((directory) => `${directory}/${name}`)
      .find(isExecutable);
    if (path !== undefined) found[name] = path;
  }
  return found;
}

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

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
