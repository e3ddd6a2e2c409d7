import { expect, it } from 'vitest';
import { optionsOf } from '../../src/cli/command-options.ts';
import StopCommand from '../../src/cli/commands/stop.ts';

it('gives the options of a command, the longest spelling first, and whether a value follows', () => {
  expect(optionsOf(StopCommand)).toEqual(
    expect.arrayContaining([
      { names: ['--verbose', '-v'], takesValue: false },
      { names: ['--timeout'], takesValue: true },
    ]),
  );
});
