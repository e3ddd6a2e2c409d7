import { TITLES } from '../figure-titles.ts';
import { verdictLine, type Verdict } from '../judge.ts';
import { isBusy, type BenchReport, type Figure, type ScenarioResult } from '../result.ts';
import { drawDistributions } from './distributions.ts';
import { drawHistory } from './history.ts';
import { joined, msText, tag, type Content, type Markup } from './markup.ts';
import { STYLE } from './style.ts';
import { drawWaterfall } from './waterfall.ts';

/** What a page shows. */
export interface PageContent {
  readonly report: BenchReport;
  readonly verdicts: readonly Verdict[];
  /** Earlier runs, and maybe this one, the oldest first */
  readonly history: readonly BenchReport[];
}

/** Nothing is loaded and no script runs, whatever a name in the figures looks like. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/** One page with everything in it: no script, no network. */
export function renderPage({ report, verdicts, history }: PageContent): string {
  const runs = [...history.filter(({ begun }) => begun !== report.begun), report];
  const head = tag(
    'head',
    {},
    { html: '<meta charset="utf-8">' },
    { html: `<meta http-equiv="Content-Security-Policy" content="${POLICY}">` },
    { html: '<meta name="viewport" content="width=device-width, initial-scale=1">' },
    tag('title', {}, `ct bench, ${report.begun.slice(0, 10)}`),
    { html: `<style>${STYLE}</style>` },
  );
  const body = tag(
    'body',
    {},
    tag('h1', {}, 'ct bench'),
    machineLines(report),
    ...(verdicts.length === 0 ? [] : [budgetLines(verdicts)]),
    ...report.scenarios.map((result) => section(result, runs)),
    ...(report.missing.length === 0 ? [] : [missingLines(report)]),
  );
  return `<!doctype html>\n${tag('html', { lang: 'en' }, head, body).html}\n`;
}

function machineLines(report: BenchReport): Markup {
  const { machine, load, ct, begun, tookSeconds } = report;
  const busy = 'Something else was running: these figures are worth less.';
  return joined([
    line(`ct ${ct}, ${begun.slice(0, 16).replace('T', ' ')} UTC, ${tookSeconds} s`),
    line(
      `node ${machine.node} · ${machine.runtime} · ${Object.values(machine.programs).join(' · ')}`,
    ),
    line(`${machine.processors} × ${machine.cpu} · ${machine.system} · Linux ${machine.kernel}`),
    line(`load average ${load.before.join(' ')} before, ${load.after.join(' ')} after`),
    ...(isBusy(report) ? [tag('p', { class: 'busy' }, busy)] : []),
  ]);
}

function line(text: string): Markup {
  return tag('p', { class: 'soft' }, text);
}

function budgetLines(verdicts: readonly Verdict[]): Markup {
  const others = verdicts.filter(({ standing }) => standing !== 'kept');
  const kept = verdicts.length - others.length;
  return joined([
    tag('h2', {}, 'Budgets'),
    tag('p', { class: 'kept' }, `${kept} of ${verdicts.length} kept`),
    ...others.map((one) =>
      tag('p', { class: one.standing }, `${one.standing}: ${verdictLine(one)}`),
    ),
  ]);
}

function section(result: ScenarioResult, runs: readonly BenchReport[]): Markup {
  const trend = drawHistory(result.id, runs);
  const parts: Content[] = [
    tag('h2', {}, result.id),
    line(`${result.title}; ${result.rounds} rounds`),
    ...result.figures.flatMap((figure) => [
      tag('h3', {}, TITLES[figure.name]),
      figureTable(figure),
      drawDistributions(result.id, figure),
    ]),
  ];
  if (result.phases.length > 0) {
    parts.push(tag('h3', {}, 'phases'), drawWaterfall(result.id, result.phases));
  }
  if (trend !== undefined) {
    parts.push(tag('h3', {}, 'from run to run: ratio of the whole to its first peer'), trend);
  }
  return tag('section', {}, ...parts);
}

function figureTable({ ct, peers }: Figure): Markup {
  const cells = (kind: 'td' | 'th', texts: readonly string[]): Markup =>
    tag('tr', {}, ...texts.map((text) => tag(kind, {}, text)));
  const rows = [{ name: 'ct', ...ct, ratio: undefined }, ...peers].map((row) => {
    const { ratio } = row;
    const beside =
      ratio && `${ratio.median.toFixed(2)} (${ratio.low.toFixed(2)}–${ratio.high.toFixed(2)})`;
    return cells('td', [row.name, msText(row.p50), msText(row.p95), msText(row.p99), beside ?? '']);
  });
  const table = tag('table', {}, cells('th', ['', 'p50', 'p95', 'p99', 'ct beside it']), ...rows);
  return tag('div', { class: 'wide' }, table);
}

function missingLines({ missing }: BenchReport): Markup {
  return joined([
    tag('h2', {}, 'Not measured'),
    ...missing.map(({ what, why, failed }) =>
      tag('p', { class: failed ? 'broken' : 'soft' }, `${what}: ${why}`),
    ),
  ]);
}
