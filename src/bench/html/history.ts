import { figureOf, type BenchReport } from '../result.ts';
import type { Ratio } from '../stats.ts';
import { rowName } from './axis.ts';
import { drawing, joined, tag, WIDTH, type Markup } from './markup.ts';

/** One run's ratio to the first peer of a scenario. */
interface Point {
  readonly begun: string;
  readonly where: string;
  readonly peer: string;
  readonly ratio: Ratio;
}

const HEIGHT = 130;
const [LEFT, RIGHT, TOP, BOTTOM] = [110, WIDTH - 40, 10, HEIGHT - 10];

/** How the ratio of a scenario's whole time went from run to run; `undefined` where there was only one. */
export function drawHistory(scenario: string, history: readonly BenchReport[]): Markup | undefined {
  const points = history.flatMap((report) => pointOf(scenario, report) ?? []);
  if (points.length < 2) return undefined;
  const most = Math.max(1.2, ...points.map(({ ratio }) => ratio.high)) * 1.05;
  const y = (value: number): number => BOTTOM - ((BOTTOM - TOP) * value) / most;
  const step = (RIGHT - LEFT - 40) / (points.length - 1);
  const x = (index: number): number => LEFT + 20 + index * step;
  const line = points.map(
    ({ ratio }, index) => `${x(index).toFixed(1)},${y(ratio.median).toFixed(1)}`,
  );
  const label = `${scenario}, ratio from run to run: ${points.map(({ ratio }) => ratio.median.toFixed(2)).join(', ')}`;
  return drawing(label, HEIGHT + 20, [
    rowName('as fast', y(1)),
    tag('line', { class: 'even', x1: LEFT, x2: RIGHT, y1: y(1), y2: y(1) }),
    rowName('0', BOTTOM),
    tag('line', { class: 'grid', x1: LEFT, x2: RIGHT, y1: BOTTOM, y2: BOTTOM }),
    tag('polyline', { class: 'trend', points: line.join(' ') }),
    ...points.map((point, index) => drawPoint(point, x(index), y)),
    ...ends(points).map(({ index, begun }) => dateAt(begun, x(index), index > 0)),
  ]);
}

function pointOf(scenario: string, report: BenchReport): Point | undefined {
  const result = report.scenarios.find(({ id }) => id === scenario);
  const peer = result && figureOf(result, 'total')?.peers[0];
  if (peer === undefined) return undefined;
  const { machine, begun } = report;
  const where = `${machine.processors} × ${machine.cpu}, node ${machine.node}, ${machine.runtime}`;
  return { begun, where, peer: peer.name, ratio: peer.ratio };
}

function drawPoint(
  { begun, where, peer, ratio }: Point,
  x: number,
  y: (value: number) => number,
): Markup {
  const text = `${begun.slice(0, 16)}: ${ratio.median.toFixed(2)} of ${peer} (${where})`;
  return joined([
    tag('line', { class: 'range ct', x1: x, x2: x, y1: y(ratio.low), y2: y(ratio.high) }),
    tag('circle', { class: 'point ct', cx: x, cy: y(ratio.median), r: 4 }, tag('title', {}, text)),
  ]);
}

/** The first and the last, whose dates are written. */
function ends(
  points: readonly Point[],
): readonly { readonly index: number; readonly begun: string }[] {
  const last = points.length - 1;
  return [...new Set([0, last])].map((index) => ({ index, begun: points[index]?.begun ?? '' }));
}

function dateAt(begun: string, x: number, isLast: boolean): Markup {
  const anchor = isLast ? 'end' : 'start';
  return tag(
    'text',
    { class: 'tick', x, y: HEIGHT + 14, 'text-anchor': anchor },
    begun.slice(0, 10),
  );
}
