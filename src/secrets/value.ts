import { CtError } from '../base/errors.ts';
import { Secret } from './secret.ts';

/** Largest value, `bytes`: half of what Linux takes as one variable (execve(2) MAX_ARG_STRLEN). */
export const MAX_VALUE_BYTES = 64 * 1024;

/**
 * A secret out of bytes that came from a person or a program, byte-exact but for one rule: the line
 * break that editors and `echo` put behind a value of one line is not part of it. A value of several
 * lines (a key in PEM form) keeps all of them.
 *
 * Errors: invalid_argument with the reason, never with the value
 */
export function secretFrom(name: string, bytes: Buffer): Secret {
  const value = withoutEditorsBreak(bytes);
  const fault = faultOfValue(value);
  if (fault === undefined) return new Secret(name, value);
  throw new CtError('invalid_argument', `${name}: the value ${fault}`, {
    ...(value.length === 0
      ? { hint: 'a value comes from a pipe, a file (<) or the prompt of a terminal' }
      : {}),
    details: { secret: name },
  });
}

function faultOfValue(value: Buffer): string | undefined {
  if (value.length === 0) return 'is empty';
  if (value.length > MAX_VALUE_BYTES) return `is larger than ${MAX_VALUE_BYTES / 1024} KiB`;
  if (value.includes(0)) return 'has a NUL byte, which no environment variable can hold';
  return undefined;
}

function withoutEditorsBreak(bytes: Buffer): Buffer {
  if (bytes.indexOf(10) !== bytes.length - 1 || bytes.length === 0) return bytes;
  const end = bytes.at(-2) === 13 ? -2 : -1;
  return bytes.subarray(0, end);
}
