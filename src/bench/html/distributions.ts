import { TITLES } from '../figure-titles.ts';
import type { Figure } from '../result.ts';
import type { Distribution } from '../stats.ts';
import { rowFigure, rowName, scaleTo, timeAxis, type Scale } from './axis.ts';
import { drawing, joined, msText, tag, type Markup } from './markup.ts';

const ROW = 34;

/** Every measurement of a figure as a dot, a row for each side, with a mark at the median. */
export function drawDistributions(scenario: string, { name, ct, peers }: Figure): Markup {
  const rows = [{ name: 'ct', ...ct }, ...peers];
  const scale = scaleTo(Math.max(...rows.flatMap(({ samples }) => samples)));
  const height = rows.length * ROW;
  const label = `${scenario}, ${TITLES[name]}: medians ${rows.map((row) => `${row.name} ${msText(row.p50)}`).join(', ')}`;
  return drawing(label, height + 20, [
    timeAxis(scale, height),
    ...rows.map((row, index) => drawRow(row, index * ROW + ROW / 2, scale)),
  ]);
}

function drawRow(row: Distribution & { readonly name: string }, y: number, scale: Scale): Markup {
  const side = row.name === 'ct' ? 'ct' : 'peer';
  const median = scale.at(row.p50);
  const dots = row.samples.map((value, index) =>
    tag('circle', { class: `dot ${side}`, cx: scale.at(value), cy: y + jitter(index), r: 3 }),
  );
  return joined([
    rowName(row.name, y),
    tag('g', {}, ...dots),
    tag('line', { class: `median ${side}`, x1: median, x2: median, y1: y - 11, y2: y + 11 }),
    rowFigure(msText(row.p50), y),
  ]);
}

/** Dots that would hide each other lie side by side, always in the same way. */
function jitter(index: number): number {
  return ((index * 7) % 13) - 6;
}
