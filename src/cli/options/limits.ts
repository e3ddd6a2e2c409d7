import { CtError } from '../../base/errors.ts';
import { printable } from '../../base/text.ts';
import { SCHEMA } from '../../config/schema.ts';
import { checkValue } from '../../config/values.ts';
import type { LimitWish } from '../../sandbox/limits.ts';

/** Options of the command line that set limits, as they were typed. */
export interface LimitWords {
  readonly memory?: string | undefined;
  readonly cpus?: string | undefined;
  readonly pidsLimit?: string | undefined;
}

/**
 * Limits of one run; what was not typed is left out.
 *
 * Errors: invalid_argument, by the rules of the configuration's [limits]
 */
export function parseLimitOptions(words: LimitWords): Partial<LimitWish> {
  const { memory, cpus, pids } = SCHEMA.limits.keys;
  return {
    ...option('--memory', 'memory', words.memory, memory, (word) => word),
    ...option('--cpus', 'cpus', words.cpus, cpus, Number),
    ...option('--pids-limit', 'pids', words.pidsLimit, pids, Number),
  };
}

function option(
  flag: string,
  key: keyof LimitWish,
  word: string | undefined,
  spec: Parameters<typeof checkValue>[0],
  read: (word: string) => unknown,
): Partial<LimitWish> {
  if (word === undefined) return {};
  const checked = checkValue(spec, word.trim() === '' ? undefined : read(word), '/');
  if ('value' in checked && checked.value !== 0) return { [key]: Number(checked.value) };
  const expected = 'expected' in checked ? checked.expected : 'more than 0';
  throw new CtError(
    'invalid_argument',
    `${flag}: expected ${expected}, found '${printable(word)}'`,
  );
}
