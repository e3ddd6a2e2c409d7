import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { CtError } from '../base/errors.ts';
import { templatePath } from './assets.ts';

/** Path of a file in `bench/`, beside `templates/`: budgets, and figures that were published. */
export function benchPath(name: string): string {
  return `${dirname(dirname(templatePath(name)))}/bench/${name}`;
}

/**
 * Text of a file in `bench/`.
 *
 * Errors: internal when the installation is incomplete
 */
export function readBenchFile(name: string): string {
  const path = benchPath(name);
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    throw new CtError('internal', 'the directory bench of this installation of ct is incomplete', {
      hint: 'install ct again',
      details: { path },
      cause: thrown,
    });
  }
}
