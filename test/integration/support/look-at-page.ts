import { renderPage } from '../../../src/bench/html/page.ts';
import { benchReport, scenario } from '../../bench/support.ts';

/** What a browser found when it had laid the page out. */
export interface Look {
  readonly drawings: number;
  readonly texts: number;
  /** Texts that reach out of their drawing */
  readonly outside: readonly string[];
  /** Pairs of texts of one drawing that lie on each other */
  readonly onEachOther: readonly string[];
  /** Whether the page is wider than its window */
  readonly isTooWide: boolean;
  /** What it loaded besides itself */
  readonly loaded: number;
  /** Widths of the bars of the waterfall, by phase */
  readonly bars: readonly (readonly [title: string, width: number])[];
  /** Columns of the medians of the first drawing */
  readonly medians: readonly number[];
  readonly hasColours: boolean;
}

/** Runs in the page, once it is there. */
const LOOK = `
const box = (element) => element.getBoundingClientRect();
const drawings = [...document.querySelectorAll('svg')];
const outside = [], onEachOther = [];
let texts = 0;
for (const drawing of drawings) {
  const whole = box(drawing), own = [...drawing.querySelectorAll('text')].filter((text) => text.textContent !== '');
  texts += own.length;
  for (const text of own) {
    const { left, right, top, bottom } = box(text);
    if (left < whole.left - 1 || right > whole.right + 1 || top < whole.top - 2 || bottom > whole.bottom + 2) outside.push(text.textContent);
    for (const other of own.slice(own.indexOf(text) + 1)) {
      const b = box(other);
      if (left < b.right && b.left < right && top + 2 < b.bottom && b.top + 2 < bottom) onEachOther.push(text.textContent + ' / ' + other.textContent);
    }
  }
}
const look = {
  drawings: drawings.length, texts, outside, onEachOther,
  isTooWide: document.documentElement.scrollWidth > window.innerWidth,
  loaded: performance.getEntriesByType('resource').length,
  bars: [...document.querySelectorAll('rect.bar')].map((bar) => [bar.parentNode.querySelector('title').textContent.split(':')[0], box(bar).width]),
  medians: [...drawings[0].querySelectorAll('line.median')].map((line) => box(line).left - box(drawings[0]).left),
  hasColours: getComputedStyle(document.querySelector('.dot.ct')).fill !== getComputedStyle(document.querySelector('.dot.peer')).fill,
};
document.body.textContent = 'seen:' + btoa(JSON.stringify(look)) + ':seen';
`;

/** A page as `ct bench --html` writes it, with long names, many figures and a history. */
function page(): string {
  const peers = ['podman run', 'a peer with quite a long name', 'bwrap'];
  const scenarios = peers.map((peer, index) => scenario(`cold-${index}`, 1.2 + index, peer));
  const history = [1, 2, 3].map((month) =>
    benchReport({ begun: `2025-0${month}-01T00:00:00.000Z`, scenarios }),
  );
  return renderPage({ report: benchReport({ scenarios }), verdicts: [], history });
}

/**
 * A shell script that has Chromium lay the page out in windows of these widths, and print what it saw.
 * The page itself forbids scripts: the copy that is looked at allows one.
 */
export function lookScript(widths: readonly number[]): string {
  const looked = page()
    .replace("default-src 'none'", "default-src 'none'; script-src 'unsafe-inline'")
    .replace('</html>', `<script>${LOOK}</script></html>`);
  const lines = widths.map(
    (width) =>
      `timeout 60 chromium-headless-shell --no-sandbox --disable-gpu --window-size=${width},900 --dump-dom file:///tmp/page.html`,
  );
  const text = Buffer.from(looked).toString('base64');
  return `export HOME=/tmp; echo ${text} | base64 -d > /tmp/page.html\n${lines.join('\n')}`;
}

/** What was seen, a look for each width. */
export function looksIn(stdout: string): readonly Look[] {
  return [...stdout.matchAll(/seen:([A-Za-z0-9+/=]+):seen/gu)].map(
    ({ 1: text = '' }) => JSON.parse(Buffer.from(text, 'base64').toString()) as Look,
  );
}
