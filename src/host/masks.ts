import { chmodSync, lstatSync, mkdirSync, writeFileSync } from 'node:fs';
import { CtError } from '../base/errors.ts';
import type { Masks } from '../sandbox/project-mounts.ts';
import { fileError } from './errors.ts';
import { ensurePrivateDir } from './files.ts';
import { surveyPath } from './survey-path.ts';

/**
 * An empty directory and an empty file that nobody can write to, made on first use.
 *
 * Errors: failed_precondition when they are not empty any more
 */
export function provideMasks(dataDir: string): Masks {
  const [directory, file] = [`${dataDir}/masks/directory`, `${dataDir}/masks/file`];
  try {
    const known = lstatSync(file, { throwIfNoEntry: false });
    if (known === undefined) {
      ensurePrivateDir(`${dataDir}/masks`);
      mkdirSync(directory, { recursive: true });
      chmodSync(directory, 0o555);
      writeFileSync(file, '', { mode: 0o444 });
    } else if (known.size !== 0) {
      throw new CtError('failed_precondition', `${file} is not empty`, {
        hint: `remove ${dataDir}/masks: ct makes it again`,
      });
    }
  } catch (thrown) {
    throw fileError(thrown, 'make', `${dataDir}/masks`);
  }
  return { directory: surveyPath(directory), file: surveyPath(file) };
}
