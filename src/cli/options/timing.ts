import { CtError } from '../../base/errors.ts';
import { printable } from '../../base/text.ts';

/** How a run's phases are printed at its end. */
export type TimingFace = 'text' | 'json';

/**
 * The value of `--timing`, which may stand alone.
 *
 * Errors: invalid_argument
 */
export function parseTiming(
  word: string | boolean | undefined,
  option = '--timing',
): TimingFace | undefined {
  if (word === undefined || word === false) return undefined;
  if (word === true || word === 'text') return 'text';
  if (word === 'json') return 'json';
  throw new CtError('invalid_argument', `${option}: there is no face '${printable(word)}'`, {
    hint: `${option}=text is a table, ${option}=json a line of JSON; both on standard error`,
  });
}

/**
 * The value of `CT_TIMING`, for runs whose command line is somebody else's.
 *
 * Errors: invalid_argument
 */
export function timingOf(env: NodeJS.ProcessEnv): TimingFace | undefined {
  const word = env['CT_TIMING'] ?? '';
  if (word === '' || word === '0') return undefined;
  return parseTiming(word === '1' ? true : word, 'CT_TIMING');
}
