import { structuredPatch as patch } from 'diff';

/** Milliseconds that a difference may take; hostile texts can make it quadratic */
const TIMEOUT_MS = 200;

/**
 * The difference of two texts as lines that begin with `+`, `-` or a space; hunks are parted by a line
 * with their place. Too different to be compared in time: the new text in full.
 */
export function structuredPatch(before: string, after: string, context: number): readonly string[] {
  const found = patch('', '', before, after, '', '', { context, timeout: TIMEOUT_MS });
  if (found === undefined) return after.split('\n').map((line) => `+${line}`);
  return found.hunks.flatMap(({ lines, newStart }, index) => [
    ...(index === 0 ? [] : [` @@ line ${newStart}`]),
    ...lines.filter((line) => !line.startsWith('\\')),
  ]);
}
