import type { CtError } from '../../base/errors.ts';
import { fileError } from '../../host/errors.ts';

/**
 * Why text that was written to a stream did not get out: a full disk must not look like an empty answer. A reader
 * that left (`ct ps | head -1`) has had enough, and nothing is lost.
 *
 * Source: Node.js stream, `writable.errored`, which is set before the event
 */
export function lostOutput(stream: NodeJS.WritableStream): CtError | undefined {
  const { errored } = stream as { errored?: NodeJS.ErrnoException | null };
  if (!errored || errored.code === 'EPIPE') return undefined;
  return fileError(errored, 'write to', 'standard output');
}
