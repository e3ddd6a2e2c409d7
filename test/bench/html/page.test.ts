import { describe, expect, it } from 'vitest';
import { renderPage } from '../../../src/bench/html/page.ts';
import { benchReport, scenario } from '../support.ts';

const earlier = benchReport({
  begun: '2025-12-01T00:00:00.000Z',
  scenarios: [scenario('cold-offline', 1.5)],
});
const page = renderPage({ report: benchReport(), verdicts: [], history: [earlier] });

describe('the page of ct bench', () => {
  it('needs nothing from outside: no script, no link, no font, no picture', () => {
    expect(page).not.toMatch(/<(script|link|img|iframe|object)|\b(src|href|@import|url)\s*[=(]/u);
    expect(page).toContain("default-src 'none'");
  });

  it('draws distributions, the waterfall and the history, each with its words', () => {
    const labels = [...page.matchAll(/aria-label="([^"]*)"/gu)].map(({ 1: label }) => label);
    expect(labels).toEqual([
      'cold-offline, until its end: medians ct 125 ms, podman run 104 ms',
      'cold-offline, phases: parse 15 ms, init 45 ms',
      'cold-offline, ratio from run to run: 1.50, 1.20',
    ]);
    expect(page.match(/class="dot ct"/gu)).toHaveLength(9);
    expect(page.match(/class="bar ct"/gu)).toHaveLength(2);
  });

  it('lets no name become markup', () => {
    const evil = '</style><script>alert(1)</script>';
    const report = benchReport({
      scenarios: [{ ...scenario('x', 1, evil), title: evil, id: evil }],
      missing: [{ what: evil, why: `" onload='${evil}'` }],
    });
    const html = renderPage({ report, verdicts: [], history: [] });
    expect(html).not.toContain('<script');
    expect(html.match(/<\/style>/gu)).toHaveLength(1);
    expect(page).toContain('Some &lt;CPU&gt;');
  });

  it('shows a run once, also when it was kept', () => {
    const history = [earlier, benchReport()];
    const html = renderPage({ report: benchReport(), verdicts: [], history });
    expect(html).toContain('ratio from run to run: 1.50, 1.20"');
    // One run alone has no history.
    const alone = renderPage({ report: benchReport(), verdicts: [], history: [benchReport()] });
    expect(alone).not.toContain('from run to run');
  });
});
