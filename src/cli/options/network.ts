import { CtError } from '../../base/errors.ts';
import { nearestWord } from '../../base/suggest.ts';
import { printable } from '../../base/text.ts';
import type { NetworkMode } from '../../plan/options.ts';

const MODES: readonly NetworkMode[] = ['strict', 'permissive', 'offline'];

/**
 * The value of `--network`.
 *
 * Errors: invalid_argument
 */
export function parseNetworkMode(text: string | undefined): NetworkMode | undefined {
  const mode = MODES.find((word) => word === text);
  if (text === undefined || mode !== undefined) return mode;
  const near = nearestWord(text, MODES);
  throw new CtError('invalid_argument', `there is no network mode '${printable(text)}'`, {
    hint: `${near === undefined ? '' : `did you mean '${near}'? `}modes: ${MODES.join(', ')}`,
  });
}
