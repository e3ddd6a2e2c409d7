import { lstatSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { CtError } from '../base/errors.ts';
import { PASSED_VARIABLES } from '../sandbox/environment.ts';
import { fileError } from './errors.ts';

/**
 * The project directory by the kernel's own name for it, which has no links.
 *
 * That name is not resolved again: a session that runs in the same project may have put a link to
 * elsewhere in its place meanwhile. What it names must be the directory that this process stands in.
 *
 * Errors: not_found when the working directory was deleted; failed_precondition when it is being moved;
 * permission_denied when it cannot be read
 */
export function projectDirectory(cwd: () => string = () => process.cwd()): string {
  let dir = '.';
  try {
    dir = cwd();
    const [named, here] = [lstatSync(dir), statSync('.')];
    statSync(`${dir}/.`);
    if (named.dev === here.dev && named.ino === here.ino) return dir;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new CtError('not_found', 'the current directory does not exist any more', {
        hint: "change to your project's directory and run the command again",
        cause: thrown,
      });
    }
    throw fileError(thrown, 'use the current directory', dir);
  }
  throw new CtError(
    'failed_precondition',
    'the current directory was moved while ct looked at it',
    {
      hint: 'somebody renames it: a session that works on the directory above, for one',
    },
  );
}

/**
 * A directory that the user named, resolved.
 *
 * Errors: not_found, permission_denied
 */
export function resolveDirectory(path: string): string {
  try {
    return realpathSync.native(path);
  } catch (thrown) {
    throw fileError(thrown, 'find', path);
  }
}

/** Terminal and time zone of the host; the zone by name, since the variable is mostly unset. */
export function hostEnvironment(
  env: NodeJS.ProcessEnv,
): Readonly<Record<string, string | undefined>> {
  const picked: Record<string, string | undefined> = {};
  for (const name of PASSED_VARIABLES) picked[name] = env[name];
  picked['TZ'] ??= timeZone();
  return picked;
}

/** Zone of the host by name. Source: localtime(5) */
function timeZone(): string | undefined {
  try {
    return /\/zoneinfo\/(.+)$/u.exec(readlinkSync('/etc/localtime'))?.[1];
  } catch {
    return undefined;
  }
}
