import { PHASES } from '../../base/phases.ts';
import type { PhaseFigure } from '../result.ts';
import { rowFigure, rowName, scaleTo, timeAxis, type Scale } from './axis.ts';
import { drawing, joined, msText, tag, type Markup } from './markup.ts';

const ROW = 22;

/** When each phase of a session is, by the medians; a thin line reaches to its 95th percentile. */
export function drawWaterfall(scenario: string, phases: readonly PhaseFigure[]): Markup {
  const scale = scaleTo(Math.max(...phases.map(({ startMs, p95 }) => startMs + p95)));
  const height = phases.length * ROW;
  const label = `${scenario}, phases: ${phases.map(({ phase, p50 }) => `${phase} ${msText(p50)}`).join(', ')}`;
  return drawing(label, height + 20, [
    timeAxis(scale, height),
    ...phases.map((one, index) => drawPhase(one, index * ROW + ROW / 2, scale)),
  ]);
}

function drawPhase({ phase, startMs, p50, p95 }: PhaseFigure, y: number, scale: Scale): Markup {
  const x = scale.at(startMs);
  const width = Math.max(1.5, scale.at(startMs + p50) - x);
  const side = phase === 'program' || phase === 'node' ? 'peer' : 'ct';
  return joined([
    rowName(phase, y),
    tag(
      'g',
      {},
      tag('title', {}, `${phase}: ${PHASES[phase]}`),
      tag('line', { class: `range ${side}`, x1: x, x2: scale.at(startMs + p95), y1: y, y2: y }),
      tag('rect', { class: `bar ${side}`, x, y: y - 6, width, height: 12, rx: 2 }),
    ),
    rowFigure(msText(p50), y),
  ]);
}
