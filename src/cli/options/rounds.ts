import { CtError } from '../../base/errors.ts';
import { printable } from '../../base/text.ts';

/** Enough for an interval of 95 % whose ends are not the extremes. */
const DEFAULT_ROUNDS = 30;
const MOST_ROUNDS = 1000;

/**
 * The value of `--rounds`.
 *
 * Errors: invalid_argument
 */
export function parseRounds(word: string | undefined): number {
  if (word === undefined) return DEFAULT_ROUNDS;
  const rounds = /^\d{1,4}$/u.test(word) ? Number(word) : 0;
  if (rounds >= 3 && rounds <= MOST_ROUNDS) return rounds;
  throw new CtError(
    'invalid_argument',
    `--rounds: '${printable(word)}' is not 3 to ${MOST_ROUNDS}`,
  );
}
