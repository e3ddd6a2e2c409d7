import type { Phase, Span } from '../base/spans.ts';
import { sortedTiming } from '../base/timing.ts';
import type { Figure, FigureName, PeerFigure, PhaseFigure, ScenarioResult } from './result.ts';
import type { Case, Opened, Sample, Scenario } from './scenario.ts';
import { distribution, pairedRatio, quantile } from './stats.ts';
import { orderOf } from './turns.ts';

/** Before anything counts: caches of file system, code and engine are those of daily use. */
const WARM_UP_ROUNDS = 2;

const FIGURES: readonly FigureName[] = ['first byte', 'total', 'gone'];

/**
 * Measures the cases of a scenario in turn, so that whatever the machine does meanwhile meets all alike,
 * and in an order that changes from round to round. `onRound` hears which round begins, from 1 on.
 *
 * Errors: whatever a case fails with: a run that failed is no figure
 */
export async function measureScenario(
  scenario: Pick<Scenario, 'id' | 'title'>,
  { cases, settle, warmUpRounds = WARM_UP_ROUNDS }: Opened,
  rounds: number,
  onRound: (round: number) => void,
): Promise<ScenarioResult> {
  const samples = new Map<Case, Sample[]>(cases.map((one) => [one, []]));
  for (let round = -warmUpRounds; round < rounds; round += 1) {
    if (round >= 0) onRound(round + 1);
    for (const index of orderOf(cases.length, round + warmUpRounds)) {
      const one = cases[index];
      if (one === undefined) continue;
      await settle?.();
      const sample = await one.measure();
      if (round >= 0) samples.get(one)?.push(sample);
    }
  }
  const of = (role: Case['role']) => [...samples].filter(([one]) => one.role === role);
  const [ours = []] = of('ct').map(([, rows]) => rows);
  const peers = of('peer').map(([{ name }, rows]) => ({ name, rows }));
  const spans = of('phases').flatMap(([, rows]) =>
    rows.flatMap((row) => (row.spans ? [row.spans] : [])),
  );
  return {
    id: scenario.id,
    title: scenario.title,
    rounds,
    figures: FIGURES.flatMap((name) => figure(name, ours, peers)),
    phases: phaseFigures(spans),
  };
}

interface Peer {
  readonly name: string;
  readonly rows: readonly Sample[];
}

/** Only what `ct` has in every round, and of the peers those that have it too. */
function figure(name: FigureName, ours: readonly Sample[], peers: readonly Peer[]): Figure[] {
  const row = column(ours, name);
  if (row === undefined) return [];
  const beside = peers.flatMap(({ name: peer, rows }): PeerFigure[] => {
    const values = column(rows, name);
    if (values === undefined) return [];
    return [{ name: peer, ...distribution(values), ratio: pairedRatio(row, values) }];
  });
  if (peers.length > 0 && beside.length === 0) return [];
  return [{ name, ct: distribution(row), peers: beside }];
}

function column(rows: readonly Sample[], name: FigureName): readonly number[] | undefined {
  const values = rows.flatMap(({ figures }) => figures[name] ?? []);
  return values.length === rows.length && rows.length > 0 ? values : undefined;
}

/** Medians of the phases, by when they begin; a phase that came twice in a run counts with its sum. */
export function phaseFigures(runs: readonly (readonly Span[])[]): readonly PhaseFigure[] {
  const rows = new Map<Phase, { starts: number[]; takes: number[] }>();
  for (const run of runs) {
    for (const phase of new Set(run.map((span) => span.phase))) {
      const spans = run.filter((span) => span.phase === phase);
      const row = rows.get(phase) ?? { starts: [], takes: [] };
      row.starts.push(Math.min(...spans.map(({ startMs }) => startMs)));
      row.takes.push(spans.reduce((sum, { tookMs }) => sum + tookMs, 0));
      rows.set(phase, row);
    }
  }
  const medians = [...rows].map(([phase, { starts, takes }]) => ({
    phase,
    startMs: quantile(starts, 0.5),
    tookMs: quantile(takes, 0.5),
  }));
  return sortedTiming(medians, 0).spans.map(({ phase, startMs, tookMs }) => ({
    phase,
    startMs,
    p50: tookMs,
    p95: Math.round(quantile(rows.get(phase)?.takes ?? [], 0.95) * 1000) / 1000,
  }));
}
