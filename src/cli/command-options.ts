import type { CtCommandClass } from './command.ts';
import { Cli } from './library.ts';

/** An option of a command. */
export interface OptionWords {
  /** Every spelling, the longest first */
  readonly names: readonly string[];
  readonly takesValue: boolean;
}

/** The options of a command. */
export function optionsOf(CommandClass: CtCommandClass): readonly OptionWords[] {
  const { options = [] } =
    Cli.from([CommandClass], { binaryName: 'ct' }).definition(CommandClass) ?? {};
  return options.map(({ nameSet, definition }) => ({
    names: [...nameSet].sort((a, b) => b.length - a.length),
    takesValue: definition.includes('#'),
  }));
}
