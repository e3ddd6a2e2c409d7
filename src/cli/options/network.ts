import { CtError } from '../../base/errors.ts';
import { printable } from '../../base/text.ts';
import type { NetworkMode } from '../../plan/options.ts';

/**
 * The value of `--network`.
 *
 * Errors: invalid_argument; `strict` is refused by name, never weakened
 */
export function parseNetworkMode(text: string | undefined): NetworkMode | undefined {
  if (text === undefined || text === 'permissive' || text === 'offline') return text;
  if (text === 'strict') {
    throw new CtError('invalid_argument', 'the network mode strict comes with a later version', {
      hint: 'use offline (no network) or permissive (network open)',
    });
  }
  throw new CtError('invalid_argument', `there is no network mode '${printable(text)}'`, {
    hint: 'modes: permissive, offline',
  });
}
