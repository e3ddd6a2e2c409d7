import { printable } from '../../base/text.ts';
import { TITLES } from '../../bench/figure-titles.ts';
import { verdictLine, type Verdict } from '../../bench/judge.ts';
import { isBusy, type BenchReport, type Figure, type ScenarioResult } from '../../bench/result.ts';
import type { Distribution, Ratio } from '../../bench/stats.ts';

/** What `ct bench` found. */
export interface BenchOutcome {
  readonly report: BenchReport;
  readonly verdicts: readonly Verdict[];
}

/** How wide a terminal is, and whether it has colours. */
export interface BenchFace {
  readonly columns: number;
  readonly colour: boolean;
}

const NAME_WIDTH = 14;
/** Of the columns before the bar */
const BEFORE_BAR = 2 + NAME_WIDTH + 3 * 8 + 2 + 20 + 1;
const SHORTEST_BAR = 8;

/** A table for each figure, with bars as long as the medians; then what is missing, and the budgets. */
export function renderBench({ report, verdicts }: BenchOutcome, face: BenchFace): string {
  const scenarios = report.scenarios.map((result) => renderScenario(result, face));
  const missing = report.missing.map(
    ({ what, why, failed }) =>
      `${failed ? 'FAILED' : 'not measured'}: ${printable(what)}: ${printable(why)}\n`,
  );
  return [
    renderMachine(report),
    ...scenarios,
    ...(missing.length === 0 ? [] : ['\n', ...missing]),
    renderVerdicts(verdicts),
  ].join('');
}

function renderMachine(report: BenchReport): string {
  const { machine, load, ct } = report;
  const programs = Object.values(machine.programs).join(' · ');
  const busy = isBusy(report) ? ': something else was running, and the figures are worth less' : '';
  return [
    `ct ${ct} · node ${machine.node} · ${machine.runtime}\n`,
    `${machine.processors} × ${machine.cpu} · ${machine.system} · Linux ${machine.kernel}\n`,
    `beside: ${programs}\n`,
    `load average ${load.before[0] ?? '?'} before, ${load.after[0] ?? '?'} after${busy}\n`,
  ]
    .map(printableLine)
    .join('');
}

function printableLine(line: string): string {
  return `${printable(line.trimEnd())}\n`;
}

function renderScenario({ id, title, rounds, figures }: ScenarioResult, face: BenchFace): string {
  const percentiles = ['p50', 'p95', 'p99'].map((word) => word.padStart(8)).join('');
  const columns = `  ${'ms'.padEnd(NAME_WIDTH)}${percentiles}  ct beside it\n`;
  const head = `\n${id}: ${title} (${rounds} rounds)\n${columns}`;
  return head + figures.map((figure) => renderFigure(figure, face)).join('');
}

function renderFigure({ name, ct, peers }: Figure, { columns, colour }: BenchFace): string {
  const room = Math.max(SHORTEST_BAR, Math.min(40, columns - 1 - BEFORE_BAR));
  const longest = Math.max(ct.p50, ...peers.map(({ p50 }) => p50));
  const bar = ({ p50 }: Distribution): string =>
    '█'.repeat(Math.max(1, Math.round((p50 / longest) * room)));
  const own = colour ? `\u001b[36m${bar(ct)}\u001b[39m` : bar(ct);
  return [
    `  ${TITLES[name]}\n`,
    row('ct', ct, '', own),
    ...peers.map((peer) => row(peer.name, peer, ratioText(peer.ratio), bar(peer))),
  ].join('');
}

function row(name: string, { p50, p95, p99 }: Distribution, ratio: string, bar: string): string {
  const figures = [p50, p95, p99].map((value) => value.toFixed(1).padStart(8)).join('');
  return `  ${printable(name).padEnd(NAME_WIDTH)}${figures}  ${ratio.padEnd(20)} ${bar}\n`;
}

/** How many times as long `ct` takes, and the interval. */
export function ratioText({ median, low, high }: Ratio): string {
  return `× ${median.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
}

const STANDINGS = { kept: 'kept', unsure: 'unsure', broken: 'BROKEN', absent: '-' } as const;

function renderVerdicts(verdicts: readonly Verdict[]): string {
  if (verdicts.length === 0) return '';
  const kept = verdicts.filter(({ standing }) => standing === 'kept').length;
  const others = verdicts.filter(({ standing }) => standing !== 'kept');
  const lines = others.map((one) => `${STANDINGS[one.standing].padEnd(7)} ${verdictLine(one)}\n`);
  return `\nbudgets: ${kept} of ${verdicts.length} kept\n${lines.join('')}`;
}
