import { describe, expect, it } from 'vitest';
import { findCommand } from '../../src/cli/commands/index.ts';
import { mainByLibrary } from '../../src/cli/main-by-library.ts';
import { wasTourShown } from '../../src/cli/tour-mark.ts';
import { showTour, TOUR } from '../../src/cli/tour.ts';
import { asRun } from '../../src/cli/pass-through.ts';
import { scratch } from '../support/scratch.ts';
import { fakeContext, Sink } from './support.ts';

describe('the tour', () => {
  it('fits on the smallest terminal', () => {
    const lines = TOUR.trim().split('\n');
    expect(lines.length).toBeLessThanOrEqual(23);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(84);
  });

  it('names nothing that there is not', async () => {
    const typed = [...TOUR.matchAll(/(?:^ {2}|')ct ([a-z][^'\n]*?)(?: {2,}|'|$)/gmu)];
    expect(typed.length).toBeGreaterThan(8);
    for (const [, words = ''] of typed) {
      const argv = words.split(',')[0]?.split(' ') ?? [];
      const isKnown =
        findCommand(argv) !== undefined || (await asRun(argv, {}, 1000)) !== undefined;
      expect(isKnown || argv[0] === 'help', words).toBe(true);
    }
  });

  it('is shown once, and again when it is asked for', async () => {
    const state = scratch();
    const terminal = new Sink();
    expect(wasTourShown(state)).toBe(false);
    showTour(state, terminal);
    expect(terminal.text).toBe(TOUR);
    expect(wasTourShown(state)).toBe(true);
    const { context, stdout } = fakeContext();
    expect(await mainByLibrary(['tour'], context)).toBe(0);
    expect(stdout.text).toBe(TOUR);
  });
});
