import { describe, expect, it } from 'vitest';
import { FAMILIES } from '../../../src/bench/scenario.ts';
import { chooseScenarios, SCENARIOS } from '../../../src/bench/scenarios/index.ts';

const ids = (words: readonly string[]): readonly string[] =>
  chooseScenarios(words).map(({ id }) => id);

describe('scenarios', () => {
  it('have an id of their own and belong to a family', () => {
    expect(new Set(SCENARIOS.map(({ id }) => id)).size).toBe(SCENARIOS.length);
    for (const { family } of SCENARIOS) expect(Object.keys(FAMILIES)).toContain(family);
    expect(new Set(SCENARIOS.map(({ family }) => family)).size).toBe(Object.keys(FAMILIES).length);
  });

  it('are chosen by id or family, in their own order', () => {
    expect(ids(['exec', 'version'])).toEqual([
      ...['version', 'exec', 'exec-containerd', 'exec-served', 'exec-served-containerd'],
    ]);
    expect(ids(['execs'])).toEqual(['execs-4', 'execs-16']);
    expect(ids(['cold-strict'])).toEqual(['cold-strict']);
    expect(ids([])).toEqual(SCENARIOS.map(({ id }) => id));
  });

  it('that are not there are refused, with the nearest', () => {
    expect(() => chooseScenarios(['cold', 'warm'])).toThrow("there is no scenario 'warm'");
    try {
      chooseScenarios(['sesions']);
    } catch (thrown) {
      expect(thrown).toMatchObject({ code: 'invalid_argument' });
      expect((thrown as { hint: string }).hint).toMatch(/^did you mean 'sessions'\?/u);
    }
  });

  it('make as many rounds as were asked for, or fewer where a round is long', () => {
    const rounds = Object.fromEntries(SCENARIOS.map(({ id, rounds: of }) => [id, of(30)]));
    expect(rounds).toMatchObject({ version: 30, 'cold-strict': 30, exec: 30, 'execs-16': 8 });
    expect(rounds).toMatchObject({ 'sessions-10': 3, 'sessions-50': 3 });
  });
});
