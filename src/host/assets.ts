import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CtError } from '../base/errors.ts';

/**
 * Text of a file in `templates/`, which lies beside `dist/` and beside `src/`: users can read what
 * ct puts into their containers.
 *
 * Errors: internal when the installation is incomplete
 */
export function readTemplate(name: string): string {
  return readFileSync(`${templatesDir()}/${name}`, 'utf8');
}

/**
 * Text of a file in a directory beside `templates/`: the seccomp profiles as data and the table of calls,
 * budgets and published figures.
 *
 * Errors: internal when the installation is incomplete
 */
export function readData(directory: 'seccomp' | 'bench', name: string): string {
  return readOwn(directory, name).toString('utf8');
}

/**
 * Bytes of a file that the build made beside the program.
 *
 * Errors: internal when the installation is incomplete
 */
export function readBuilt(name: string): Buffer {
  return readOwn('dist', name);
}

function readOwn(directory: 'seccomp' | 'bench' | 'dist', name: string): Buffer {
  const path = `${dirname(templatesDir())}/${directory}/${name}`;
  try {
    return readFileSync(path);
  } catch (thrown) {
    throw new CtError(
      'internal',
      `the directory ${directory} of this installation of ct is incomplete`,
      { hint: 'install ct again', details: { path }, cause: thrown },
    );
  }
}

/** Path of such a file, or of a directory of them. */
export function dataPath(directory: 'seccomp' | 'bench', name: string): string {
  return `${dirname(templatesDir())}/${directory}/${name}`;
}

/** Path of a file in `templates/`, for a program that reads it itself. */
export function templatePath(name: string): string {
  return `${templatesDir()}/${name}`;
}

let found: string | undefined;

/** Bundled code is one or two levels below the package, sources two. */
function templatesDir(from = fileURLToPath(import.meta.url)): string {
  if (found !== undefined) return found;
  for (let dir = dirname(from), level = 0; level < 4; dir = dirname(dir), level += 1) {
    if (existsSync(`${dir}/templates/entry.sh`)) return (found = `${dir}/templates`);
  }
  throw new CtError('internal', 'the directory templates is missing from this installation of ct', {
    hint: 'install ct again',
    details: { from },
  });
}
