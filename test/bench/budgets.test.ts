import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseBudgets } from '../../src/bench/budgets.ts';
import { SCENARIOS } from '../../src/bench/scenarios/index.ts';

const ids = SCENARIOS.map(({ id }) => id);

describe('budgets.toml', () => {
  it('guards every family of scenarios that has a peer', () => {
    const guarded = parseBudgets(readFileSync('bench/budgets.toml', 'utf8'), ids);
    const families = new Set(
      guarded.map(({ scenario }) => SCENARIOS.find(({ id }) => id === scenario)?.family),
    );
    expect([...families].sort()).toEqual(
      [...new Set(SCENARIOS.map(({ family }) => family))].sort(),
    );
  });

  it.each([
    ['[nosuch]\npeer = "x"', 'nosuch is no scenario'],
    ['[version]\nfigures = { total = 1 }', 'version.peer is missing'],
    ['[version]\npeer = "x"\nfigure = { total = 1 }', 'version.figure is not known'],
    ['[version]\npeer = "x"\nfigures = { totl = 1 }', 'version.figures.totl is not known'],
    [
      '[version]\npeer = "x"\nfigures = { total = 0 }',
      'version.figures.total is no number above 0',
    ],
    ['[version]\npeer = "x"\nphases = { nap = 1 }', 'version.phases.nap is not known'],
    ['version = 3', 'version is no table'],
  ])('may not say %j', (text, message) => {
    expect(() => parseBudgets(text, ids)).toThrow(message);
  });
});
