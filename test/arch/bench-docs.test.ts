import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { figureLines, newestReport, renderFigures } from '../../setup/bench-figures.mjs';
import { PHASES } from '../../src/base/phases.ts';
import { FAMILIES } from '../../src/bench/scenario.ts';

const report = await newestReport();

describe("README's figures", () => {
  it('are those of the newest run in bench/results', async () => {
    const readme = readFileSync('README.md', 'utf8');
    expect(readme, 'README.md is stale: npm run docs').toBe(await renderFigures('README.md'));
    for (const line of figureLines(report)) expect(readme).toContain(line);
  });

  it('would not be, if a figure of that run were another', async () => {
    const text = JSON.stringify(report).replace(/"p50":[\d.]+/u, '"p50":123456');
    const other = await renderFigures('README.md', JSON.parse(text) as typeof report);
    expect(other).not.toBe(readFileSync('README.md', 'utf8'));
    expect(other).toContain('123456 ms');
  });

  it('leave out none of what is quoted', () => {
    const rows = figureLines(report).filter((line) => / \d[\d.]* ms \| `/u.test(line));
    expect(rows).toHaveLength(14);
    expect(figureLines(report).at(-1)).toMatch(/^The longest phases of an offline session: /u);
  });
});

describe('docs/bench.md', () => {
  const page = readFileSync('docs/bench.md', 'utf8');

  it('has every phase with what it is', () => {
    for (const [phase, what] of Object.entries(PHASES)) {
      expect(page).toContain(`| \`${phase}\` | ${what} |`);
    }
  });

  it('has every word for scenarios', () => {
    for (const family of Object.keys(FAMILIES)) expect(page).toContain(`| \`${family}\` | `);
  });
});
