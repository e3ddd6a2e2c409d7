import { CtError } from '../../base/errors.ts';
import { printable } from '../../base/text.ts';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/**
 * A duration such as `500ms`, `10s`, `2m` or `1h`; a bare number means seconds.
 *
 * Units:  result in milliseconds
 * Errors: invalid_argument
 */
export function parseDuration(text: string, option: string): number {
  const match = /^(\d{1,7})(ms|s|m|h)?$/u.exec(text);
  const factor = UNITS[match?.[2] ?? 's'];
  if (match === null || factor === undefined) {
    throw new CtError('invalid_argument', `${option}: '${printable(text)}' is not a duration`, {
      hint: 'write a number and a unit: 500ms, 10s, 2m, 1h',
    });
  }
  return Number(match[1]) * factor;
}
