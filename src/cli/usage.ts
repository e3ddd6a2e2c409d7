import { CtError } from '../base/errors.ts';
import { nearestWord } from '../base/suggest.ts';
import type { OptionWords } from './command-options.ts';

/** The parts of clipanion's errors that say what was wrong; its classes are not exported. */
interface SyntaxFault {
  readonly candidates?: readonly { readonly usage: string; readonly reason: string | null }[];
}

/** What is known of the command that was typed. */
export interface TypedCommand {
  /** Its words */
  readonly path: readonly string[];
  /** All words, its own too */
  readonly argv?: readonly string[];
  /** Its options, for the one that was probably meant */
  readonly options?: readonly OptionWords[];
  /** The options of `ct run`, where it begins sessions as well but has none of them */
  readonly runOptions?: readonly OptionWords[];
  /** See {@link tidyUsage} */
  readonly rest?: string;
}

/**
 * A parse error of the command-line library in our words.
 *
 * Errors: returns invalid_argument; anything that is no parse error stays what it is
 */
export function usageErrorFrom(thrown: unknown, typed: TypedCommand): unknown {
  if (!(thrown instanceof Error) || !('clipanion' in thrown)) return thrown;
  const { candidates = [] } = thrown as SyntaxFault;
  const candidate = candidates.find(({ reason }) => reason !== null) ?? candidates[0];
  const { path, rest } = typed;
  const words = ['ct', ...path].join(' ');
  // What was typed may be a value.
  if (path[0] === 'secrets') {
    if (lacksSecret(candidate?.reason, typed)) {
      return new CtError('invalid_argument', `${words}: the secret's name is missing`, {
        hint: `for example:  ${words} gemini GEMINI_API_KEY`,
      });
    }
    return new CtError('invalid_argument', `${words}: the words after it cannot be understood`, {
      hint: `see '${words} --help'; a value is never given on the command line`,
    });
  }
  const reason = reasonOf(candidate?.reason, thrown);
  return new CtError('invalid_argument', `${words}: ${reason}`, {
    hint: `${meantOption(reason, typed)}${candidate === undefined ? '' : `usage: ${tidyUsage(candidate.usage, rest)}\n`}see '${words} --help'`,
  });
}

/** Whether an agent was named, and no secret. */
function lacksSecret(
  reason: string | null | undefined,
  { path, argv = [] }: TypedCommand,
): boolean {
  const isPair = ['grant', 'revoke'].includes(path[1] ?? '');
  const isShort = reason?.startsWith('Not enough positional arguments') === true;
  const hasAgent = argv.slice(path.length).some((word) => !word.startsWith('-'));
  return isPair && isShort && hasAgent;
}

function meantOption(reason: string, typed: TypedCommand): string {
  const option = /^there is no option '(--?[^'=]+)/u.exec(reason)?.[1];
  if (option === undefined) return '';
  const ofRun = typed.runOptions?.find(({ names }) => names.includes(option));
  if (ofRun !== undefined) return `'ct run' has it:  ${asRun(option, ofRun, typed)}\n`;
  const spellings = typed.options?.flatMap(({ names }) => names) ?? [];
  // Every letter is near to every other.
  const near = /^-.$/u.test(option) ? undefined : nearestWord(option, spellings);
  return near === undefined ? '' : `did you mean '${near}'?\n`;
}

/** `ct shell` and `ct cc` as the run that takes an option. */
function asRun(option: string, { takesValue }: OptionWords, { path, argv = [] }: TypedCommand) {
  const [word = option, next] = argv.slice(argv.findIndex((one) => one.split('=')[0] === option));
  const value = takesValue && word === option ? [next === undefined ? '<value>' : next] : [];
  const agent = path[0] === 'cc' ? ['--provider', '<provider>', 'claude'] : path;
  return ['ct', 'run', word, ...value, ...agent].join(' ');
}

function reasonOf(reason: string | null | undefined, thrown: Error): string {
  const text = reason ?? thrown.message.split('\n')[0] ?? 'cannot be understood';
  const known = PHRASES.find(([pattern]) => pattern.test(text));
  return known === undefined ? lowerFirst(text) : text.replace(known[0], known[1]);
}

const PHRASES: readonly (readonly [RegExp, string])[] = [
  [/^Not enough positional arguments\.$/u, 'an argument is missing'],
  [/^Extraneous positional argument \("(.*)"\)\.$/su, "'$1' is one argument too many"],
  [/^(?:Unsupported|Invalid) option name \("(.*)"\)\.$/su, "there is no option '$1'"],
  [/^Not enough arguments to option (.*)\.$/su, "the option '$1' needs a value"],
  [/^Invalid option schema.*/su, 'an option has a wrong value'],
];

function lowerFirst(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`.replace(/\.$/u, '');
}

/**
 * The library writes `#0` for an option's value, after it has aligned the options, and `...` for words of any
 * number, which are `rest` here. It leaves spaces at the ends of lines.
 */
export function tidyUsage(text: string, rest = '...'): string {
  const named = nameRest(text, rest).replace(/ #\d+/gu, ' <value>');
  return alignOptions(named).replace(/ +$/gmu, '');
}

/** The usage line is the first that ends so; of `<agent> ...` the first word is one of the rest. */
function nameRest(text: string, rest: string): string {
  return text.replace(/( <[^<>]+>)? \.\.\.$/mu, (_all, before: string | undefined = '') => {
    const isFirst = rest.endsWith('...') && before === ` ${rest.slice(0, -3)}`;
    return `${isFirst ? '' : before} ${rest}`;
  });
}

/** An option's line: what makes it bold, its spellings and value, the end of bold; then what it means */
const OPTION_LINE = /^( {2}[^\s-]*)(-[\w,-]+(?: <value>)?) *(\S*) {4}(?=\S)/gmu;

function alignOptions(text: string): string {
  const width = Math.max(
    0,
    ...[...text.matchAll(OPTION_LINE)].map(([, , name = '']) => name.length),
  );
  return text.replace(
    OPTION_LINE,
    (_all, start: string, name: string, end: string) => `${start}${name.padEnd(width)}${end}    `,
  );
}
