import { describe, expect, it } from 'vitest';
import { canMove, wantsColour } from '../../src/cli/colour.ts';

describe('colours', () => {
  it.each([
    [{}, true, true],
    [{}, false, false],
    [{ TERM: 'dumb' }, true, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ FORCE_COLOR: 'false' }, true, false],
    [{ FORCE_COLOR: '' }, false, false],
    [{ FORCE_COLOR: '1', TERM: 'dumb' }, false, true],
  ])('with %j on a terminal (%s): %s', (env, isTerminal, wanted) => {
    expect(wantsColour(env, isTerminal)).toBe(wanted);
  });

  it('are no matter for a line that moves: that is one of the terminal', () => {
    expect(canMove({ NO_COLOR: '1', TERM: 'xterm' })).toBe(true);
    expect(canMove({ TERM: 'dumb', FORCE_COLOR: '1' })).toBe(false);
  });
});
