import type { Phase } from '../base/spans.ts';
import type { Budget } from './budgets.ts';
import { figureOf, type BenchReport, type FigureName, type ScenarioResult } from './result.ts';

/**
 * How a figure stands to its budget. `unsure`: the median is above it, but the interval reaches below, so
 * that another run may say otherwise. `absent`: the peer or the figure was not measured.
 */
export type Standing = 'kept' | 'unsure' | 'broken' | 'absent';

/** One budget, held against what was measured. */
export interface Verdict {
  readonly scenario: string;
  readonly part: { readonly figure: FigureName } | { readonly phase: Phase };
  readonly peer: string;
  readonly budget: number;
  /** What is hoped for, if that is less */
  readonly goal?: number;
  /** Multiple of the peer; `undefined` when there is none */
  readonly measured?: number;
  readonly standing: Standing;
}

/**
 * The budgets of everything that was measured. A figure breaks its budget when even the low end of its
 * interval is above it, a phase when its median is: phases are parts, with no pairs to make an interval of.
 */
export function judgeReport(report: BenchReport, budgets: readonly Budget[]): readonly Verdict[] {
  return report.scenarios.flatMap((result) =>
    budgets
      .filter(({ scenario }) => scenario === result.id)
      .flatMap((budget) => [...judgeFigures(result, budget), ...judgePhases(result, budget)]),
  );
}

function judgeFigures(result: ScenarioResult, budget: Budget): readonly Verdict[] {
  const { peer, scenario, figures, goals } = budget;
  return (Object.entries(figures) as [FigureName, number][]).map(([figure, most]) => {
    const ratio = figureOf(result, figure)?.peers.find(({ name }) => name === peer)?.ratio;
    const goal = goals[figure];
    const about = {
      ...{ scenario, part: { figure }, peer, budget: most },
      ...(goal === undefined ? {} : { goal }),
    };
    if (ratio === undefined) return { ...about, standing: 'absent' };
    const isAbove = ratio.median > most;
    const standing = !isAbove ? 'kept' : ratio.low > most ? 'broken' : 'unsure';
    return { ...about, measured: ratio.median, standing };
  });
}

function judgePhases(result: ScenarioResult, budget: Budget): readonly Verdict[] {
  const { peer, scenario, phases } = budget;
  const whole = figureOf(result, 'total')?.peers.find(({ name }) => name === peer)?.p50;
  return (Object.entries(phases) as [Phase, number][]).map(([phase, most]) => {
    const took = result.phases.find((one) => one.phase === phase)?.p50;
    const about = { scenario, part: { phase }, peer, budget: most };
    if (took === undefined || whole === undefined) return { ...about, standing: 'absent' };
    const measured = Math.round((took / whole) * 1000) / 1000;
    return { ...about, measured, standing: measured > most ? 'broken' : 'kept' };
  });
}

/** A verdict in words. */
export function verdictLine({ scenario, part, peer, budget, measured }: Verdict): string {
  const what = 'figure' in part ? part.figure : `the phase ${part.phase}`;
  if (measured === undefined) return `${scenario}: ${what} beside ${peer} was not measured`;
  return `${scenario}: ${what} is ${measured.toFixed(2)} of ${peer}, and ${budget} is allowed`;
}
