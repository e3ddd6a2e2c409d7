import { PLAIN_RUN, type RunOptions } from '../plan/options.ts';
import { parseNetworkMode } from './options/network.ts';
import type { TimingFace } from './options/timing.ts';
import { dropSeparator } from './options/words.ts';

/** The command line of a plain `ct run`. */
export interface QuickRun {
  readonly options: RunOptions;
  readonly dryRun: boolean;
  readonly verbosity: number;
  readonly timing?: TimingFace | undefined;
  /** The words again, for the hint that root gets */
  readonly words: readonly string[];
}

/**
 * Reads the usual `ct run [options] <agent> [args…]` without the command-line library, whose loading
 * is a tenth of what `ct` adds to a run. `undefined` for anything out of the usual (help, an unknown
 * option, a missing word, JSON errors): the library then reads it, and words the error.
 *
 * Errors: invalid_argument for a network mode that there isn't
 */
export function parseQuickRun(argv: readonly string[]): QuickRun | undefined {
  if (argv[0] !== 'run') return undefined;
  let network: string | undefined;
  let timing: TimingFace | undefined;
  let [detach, dryRun, verbosity, index] = [false, false, 0, 1];
  for (; argv[index]?.startsWith('-') === true; index++) {
    const word = argv[index];
    if (word === '-n' || word === '--network') network = argv[++index];
    else if (word === '-d' || word === '--detach') detach = true;
    else if (word === '--dry-run') dryRun = true;
    else if (word === '--timing') timing = 'text';
    else if (word === '--timing=json') timing = 'json';
    else if (word === '-v' || word === '--verbose') verbosity += 1;
    else if (word === '-vv') verbosity += 2;
    else return undefined;
  }
  const [agent, ...args] = argv.slice(index);
  if (agent === undefined || network?.startsWith('-') === true) return undefined;
  return {
    options: {
      ...PLAIN_RUN,
      agent,
      args: dropSeparator(args),
      detach,
      network: parseNetworkMode(network),
    },
    dryRun,
    verbosity,
    timing,
    words: argv,
  };
}
