import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scaleTo, stepOf } from '../../../src/bench/html/axis.ts';

describe('an axis', () => {
  it('has steps that people count in, four to eight of them', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 1e6, noNaN: true }), (most) => {
        const step = stepOf(most);
        expect(most / step).toBeLessThanOrEqual(8.001);
        expect(most / step).toBeGreaterThanOrEqual(1.5);
        expect(step / 10 ** Math.floor(Math.log10(step) + 1e-9)).toBeOneOf([
          ...[1, 2, 5].map((digit) => expect.closeTo(digit, 6) as number),
        ]);
      }),
    );
  });

  it('begins at nothing and ends at the most', () => {
    const scale = scaleTo(50);
    expect([scale.at(0), scale.at(50)]).toEqual([scale.from, scale.to]);
    expect(scaleTo(0).at(0)).toBe(scale.from);
  });
});
