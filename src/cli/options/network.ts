import { CtError } from '../../base/errors.ts';
import { printable } from '../../base/text.ts';
import type { NetworkMode } from '../../plan/options.ts';

/**
 * The value of `--network`.
 *
 * Errors: invalid_argument
 */
export function parseNetworkMode(text: string | undefined): NetworkMode | undefined {
  if (text === undefined || text === 'strict' || text === 'permissive' || text === 'offline') return text;
  throw new CtError('invalid_argument', `there is no network mode '${printable(text)}'`, {
    hint: 'modes: strict, permissive, offline',
  });
}
