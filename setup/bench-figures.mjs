// @ts-check
/** The figures that README quotes: those of the newest run in `bench/results/`, between two marks. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const RESULTS = 'bench/results';
const BEGIN = '<!-- figures: written by `npm run docs` from bench/results/ -->';
const END = '<!-- end of the figures -->';

/** @typedef {import('../src/bench/result.ts').BenchReport} BenchReport */
/** @typedef {import('../src/bench/result.ts').FigureName} FigureName */

/**
 * What is quoted, in words for people.
 * @type {readonly (readonly [scenario: string, figure: FigureName, peer: string, words: string])[]}
 */
const QUOTED = [
  ['version', 'total', 'node -e 0', '`ct --version`'],
  ['cold-offline', 'first byte', 'podman run', '`ct run -n offline shell`, until the first byte'],
  ['cold-offline', 'total', 'podman run', '`ct run -n offline shell`, until it ends'],
  ['cold-strict', 'total', 'podman run', '`ct run -n strict shell`, until it ends'],
  ['cold-permissive', 'total', 'podman run', '`ct run -n permissive shell`, until it ends'],
  [
    'standby-strict',
    'total',
    'podman run',
    '`ct run -n strict shell` with a session kept ready, until it ends',
  ],
  [
    'cold-offline-containerd',
    'total',
    'podman run',
    '`ct run -n offline shell` on containerd, until it ends',
  ],
  [
    'cold-offline-served-containerd',
    'total',
    'podman run',
    '`ct run -n offline shell` on containerd, beside the service, until it ends',
  ],
  ['exec', 'total', 'podman exec', '`ct exec` in a running session'],
  ['exec-containerd', 'total', 'podman exec', '`ct exec` on containerd'],
  ['exec-served', 'first byte', 'podman exec', '`ct exec` with the service, until the first byte'],
  ['exec-served', 'total', 'podman exec', '`ct exec` with the service, until it ends'],
  ['execs-16', 'total', 'podman exec', '16 `ct exec` at once'],
  ['sessions-50', 'first byte', 'podman run', '50 sessions begun at once, until all live'],
];

/**
 * A page with the figures of the newest run in it.
 * @param {string} path relative to the project
 * @param {BenchReport} [report]
 */
export async function renderFigures(path, report) {
  const page = await readFile(join(ROOT, path), 'utf8');
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined)
    throw new Error(`${path} has no place for figures`);
  const newest = report ?? (await newestReport());
  return `${before}${BEGIN}\n${figureLines(newest).join('\n')}\n${END}${after}`;
}

/** The newest run that was published: names begin with the time. */
export async function newestReport() {
  const names = (await readdir(join(ROOT, RESULTS))).filter((name) => name.endsWith('.json'));
  const newest = names.sort().at(-1);
  if (newest === undefined) throw new Error(`${RESULTS} is empty`);
  /** @type {BenchReport} */
  const report = JSON.parse(await readFile(join(ROOT, RESULTS, newest), 'utf8'));
  return report;
}

/**
 * The lines between the marks.
 * @param {BenchReport} report
 */
export function figureLines(report) {
  const { machine, load } = report;
  const rows = QUOTED.flatMap((quoted) => quotedRow(report, quoted) ?? []);
  return [
    `Measured on ${report.begun.slice(0, 10)}: ${machine.processors} processors (${machine.cpu}), ${machine.system},`,
    `node ${machine.node}, ${machine.runtime}; load average ${load.before[0] ?? '?'} before and ${load.after[0] ?? '?'} after.`,
    'Medians; the ratio is the median of pairs, with its interval, and less than 1 is faster than the other.',
    '',
    '| | ct | beside it | ratio |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    ...longestPhases(report),
  ];
}

/**
 * @param {BenchReport} report
 * @param {typeof QUOTED[number]} quoted
 */
function quotedRow({ scenarios }, [id, name, peerName, words]) {
  const scenario = scenarios.find((one) => one.id === id);
  const figure = scenario?.figures.find((one) => one.name === name);
  const peer = figure?.peers.find((one) => one.name === peerName);
  if (figure === undefined || peer === undefined) return undefined;
  const { median, low, high } = peer.ratio;
  const ratio = `${median.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
  return `| ${words} | ${ms(figure.ct.p50)} | \`${peerName}\` ${ms(peer.p50)} | ${ratio} |`;
}

/** @param {BenchReport} report */
function longestPhases({ scenarios }) {
  const phases = scenarios.find(({ id }) => id === 'cold-offline')?.phases ?? [];
  const longest = [...phases]
    .sort((a, b) => b.p50 - a.p50)
    .slice(0, 4)
    .map(({ phase, p50 }) => `\`${phase}\` ${ms(p50)}`);
  if (longest.length === 0) return [];
  return [`The longest phases of an offline session: ${longest.join(', ')}.`];
}

/** @param {number} value */
function ms(value) {
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`;
}
