import { GROUPS, type AttackReport, type AttemptResult } from '../../attack/attempt.ts';
import { printable } from '../../base/text.ts';

const MARKS = { held: 'held', through: 'THROUGH', unknown: '?' } as const;
const WIDTH = { mark: 7, id: 9, title: 37, expected: 11 } as const;
/** Of the columns before `seen`, with a space behind each */
const BEFORE_SEEN = Object.values(WIDTH).reduce((sum, width) => sum + width + 1, 0);

/** What came of the attempts: a line each of so many columns, then those to worry about in full. */
export function renderAttack(report: AttackReport, columns = 80): string {
  const { target, attempts, left } = report;
  const head = `preset ${target.preset} · network ${target.network} · seccomp ${target.seccomp}\n`;
  const groups = Object.entries(GROUPS).flatMap(([group, title]) => {
    const own = attempts.filter((attempt) => attempt.group === group);
    return own.length === 0
      ? []
      : [`\n${title}\n`, ...own.map((attempt) => renderLine(attempt, columns))];
  });
  const bad = attempts.filter(({ verdict }) => verdict !== 'held').map(renderInFull);
  const notMade = left.filter(({ why }) => !why.startsWith('in the suite'));
  const notes = notMade.map(({ id, title, why }) => `not tried: ${id} ${title}: ${why}\n`);
  return [head, ...groups, '\n', ...notes, ...bad, renderVerdict(report)].join('');
}

function renderLine(result: AttemptResult, columns: number): string {
  const { verdict, id, title, expected, seen } = result;
  const cells = [
    fit(MARKS[verdict], WIDTH.mark),
    fit(id, WIDTH.id),
    fit(title, WIDTH.title),
    fit(expected, WIDTH.expected),
    fit(printable(seen), Math.max(10, columns - 1 - BEFORE_SEEN)),
  ];
  return `${cells.join(' ').trimEnd()}\n`;
}

function renderInFull({ verdict, id, title, cve, expected, seen }: AttemptResult): string {
  const holes = cve.length === 0 ? '' : ` (${cve.join(', ')})`;
  return `${MARKS[verdict]} ${id} ${title}${holes}\n    expected ${expected}, seen ${printable(seen)}\n`;
}

function renderVerdict({ attempts, counts, tookMs }: AttackReport): string {
  const seconds = (tookMs / 1000).toFixed(1);
  return `${attempts.length} attempts, ${counts.held} held, ${counts.through} got through, ${counts.unknown} not judged (${seconds} s)\n`;
}

/** Exactly so many letters; what is cut off ends in `…`. */
function fit(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);
}
