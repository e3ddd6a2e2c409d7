import { accessSync, constants } from 'node:fs';
import { systemPath } from './exec.ts';

/** Podman's own helpers lie in no PATH. */
const MORE_PLACES = ['/usr/libexec/podman'];

/**
 * Full path of a program on the user's PATH and among the system's, which an ordinary user's PATH often
 * lacks; `undefined` when it is not there, or cannot be executed.
 */
export function findProgram(name: string, env: NodeJS.ProcessEnv): string | undefined {
  return [...systemPath(env['PATH']).split(':'), ...MORE_PLACES]
    .map((dir) => `${dir}/${name}`)
    .find(isExecutable);
}

/** Full paths of those of `names` that are installed. */
export function findPrograms(
  names: readonly string[],
  env: NodeJS.ProcessEnv,
): Readonly<Record<string, string>> {
  const found = names.map((name) => [name, findProgram(name, env)] as const);
  return Object.fromEntries(
    found.filter((one): one is readonly [string, string] => one[1] !== undefined),
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
