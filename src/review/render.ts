import { structuredPatch } from './diff.ts';
import { printable } from '../base/text.ts';
import { dangerousGitLines, type Change } from './compare.ts';

/** How much to show. */
export interface RenderLimits {
  /** Lines of one file's difference */
  readonly linesEach: number;
  /** Lines of all together */
  readonly lines: number;
}

/** At the end of a session: enough to see what it is about. */
export const SHORT: RenderLimits = { linesEach: 12, lines: 60 };
/** When asked for. */
export const LONG: RenderLimits = { linesEach: 400, lines: 4000 };

/**
 * The changes as lines to read, each file with its difference. Everything from the project is made
 * printable: a diff must not drive the terminal that shows it.
 */
export function renderChanges(changes: readonly Change[], limits: RenderLimits): readonly string[] {
  const lines: string[] = [];
  for (const change of changes) {
    if (lines.length >= limits.lines) {
      lines.push('… and more');
      break;
    }
    lines.push(...renderChange(change, limits.linesEach));
  }
  return lines;
}

function renderChange(change: Change, limit: number): readonly string[] {
  const { path, what, why, before, after } = change;
  const head = `${what.padEnd(8)}${printable(path)}  (${why})`;
  const alarms = /(?:^|\/)\.git\//u.test(path)
    ? dangerousGitLines(after ?? '')
        .filter((line) => before?.includes(line) !== true)
        .map((line) => `  ! git executes this on the host: ${printable(line)}`)
    : [];
  const lines = differenceOf(before, after);
  const cut = lines.length > limit ? [`  … ${lines.length - limit} more lines`] : [];
  return [head, ...alarms, ...lines.slice(0, limit), ...cut];
}

/** Lines of context around a change */
const CONTEXT = 1;

function differenceOf(before: string | undefined, after: string | undefined): readonly string[] {
  if (after === undefined) return ['  (too long, or no text: look at it yourself)'];
  if (before === undefined) return after.split('\n').map((line) => `  + ${printable(line)}`);
  return structuredPatch(before, after, CONTEXT).map(
    (line) => `  ${line.slice(0, 1)} ${printable(line.slice(1))}`,
  );
}
