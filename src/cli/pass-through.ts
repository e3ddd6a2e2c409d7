import { CATALOGUE } from '../agents/catalogue.ts';
import { PROVIDERS } from '../agents/providers.ts';
import { CtError } from '../base/errors.ts';
import { findCommand } from './commands/index.ts';
import { loadConfig } from './load-config.ts';

/** Options of ct that no agent has, wherever they stand. */
interface CtFlags {
  readonly network: string | undefined;
  readonly verbosity: number;
  /** The words without them */
  readonly rest: readonly string[];
}

/**
 * `ct <agent> [args…]` as the words of `ct run`: everything after the name goes to the agent verbatim, but
 * for ct's own options, which stand anywhere before a `--`. `undefined` when it is something else.
 *
 * Errors: invalid_argument for an option of ct without its value
 */
export async function asRun(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  uid: number,
): Promise<readonly string[] | undefined> {
  const isOther = findCommand(argv) !== undefined && !['run', 'cc'].includes(argv[0] ?? '');
  if (isOther) return undefined;
  const { network, verbosity, rest } = takeCtFlags(argv);
  const flags = [
    ...(network === undefined ? [] : ['-n', network]),
    ...Array.from({ length: verbosity }, () => '-v'),
  ];
  const [first, ...args] = rest;
  if (first === 'run') return ['run', ...flags, ...args];
  const [word = ''] = args;
  if (first === 'cc') {
    if (word === '' || word.startsWith('-')) return undefined;
    return ['run', ...flags, '--provider', word, 'claude', '--', ...args.slice(1)];
  }
  if (first === 'claude' && (await isProvider(word, env, uid))) {
    return ['run', ...flags, '--provider', word, 'claude', '--', ...args.slice(1)];
  }
  if (first === undefined || !(await isAgent(first, env, uid))) return undefined;
  return ['run', ...flags, first, '--', ...args];
}

/** The user's own agents are asked for only where nothing else has that name. */
async function isAgent(word: string, env: NodeJS.ProcessEnv, uid: number): Promise<boolean> {
  if (CATALOGUE.has(word)) return true;
  if (!/^[a-z0-9][a-z0-9-]*$/u.test(word) || findCommand([word]) !== undefined) return false;
  try {
    return Object.hasOwn((await loadConfig(env, uid)).agents, word);
  } catch {
    // A faulty configuration is told by whatever needs it.
    return false;
  }
}

/** `ct claude zai` is that provider; any other word is for Claude itself. */
async function isProvider(word: string, env: NodeJS.ProcessEnv, uid: number): Promise<boolean> {
  if (PROVIDERS.has(word)) return true;
  if (!/^[a-z0-9][a-z0-9-]*$/u.test(word)) return false;
  try {
    return Object.hasOwn((await loadConfig(env, uid)).providers, word);
  } catch {
    return false;
  }
}

function takeCtFlags(argv: readonly string[]): CtFlags {
  let network: string | undefined;
  let verbosity = 0;
  const rest: string[] = [];
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? '';
    if (word === '--') {
      rest.push(...argv.slice(index));
      break;
    }
    const [name, given] = splitOption(word);
    if (name === '--ct-network' || name === '-ct-n') {
      network = given ?? argv[++index];
      if (network === undefined || network === '') throw missing(name);
    } else if (word === '--ct-verbose' || word === '-ct-v') verbosity = Math.max(verbosity, 1);
    else if (word === '--ct-debug' || word === '-ct-d') verbosity = 2;
    else rest.push(word);
  }
  return { network, verbosity, rest };
}

function splitOption(word: string): readonly [string, string | undefined] {
  const at = word.indexOf('=');
  return at === -1 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

function missing(name: string): CtError {
  return new CtError('invalid_argument', `the option '${name}' needs a value`, {
    hint: `for example:  ct gemini ${name} offline`,
  });
}
