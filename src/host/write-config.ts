import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { configPlace } from './config-file.ts';
import { fileError } from './errors.ts';
import { writeFileAtomic } from './files.ts';

/**
 * Replaces the configuration file by another text: all of it or nothing, with the mode it had. The file
 * at the end of a symbolic link is replaced, and the link stays. A file that is read-only stays.
 *
 * Errors: permission_denied, failed_precondition, resource_exhausted, with the path
 */
export function writeConfigFile(env: NodeJS.ProcessEnv, text: string): string {
  const { path } = configPlace(env);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) {
    writeFileAtomic(path, text);
    return path;
  }
  const real = realpathSync(path);
  try {
    accessSync(real, constants.W_OK);
  } catch (thrown) {
    throw fileError(thrown, 'change', real);
  }
  writeFileAtomic(real, text, stat.mode & 0o777);
  return path;
}
