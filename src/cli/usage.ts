import { CtError } from '../base/errors.ts';
import { nearestWord } from '../base/suggest.ts';

/** The parts of clipanion's errors that say what was wrong; its classes are not exported. */
interface SyntaxFault {
  readonly candidates?: readonly { readonly usage: string; readonly reason: string | null }[];
}

/**
 * A parse error of the command-line library in our words. `options` are those that the command has, for
 * the one that was probably meant.
 *
 * Errors: returns invalid_argument; anything that is no parse error stays what it is
 */
export function usageErrorFrom(
  thrown: unknown,
  path: readonly string[],
  options: readonly string[] = [],
): unknown {
  if (!(thrown instanceof Error) || !('clipanion' in thrown)) return thrown;
  const { candidates = [] } = thrown as SyntaxFault;
  const candidate = candidates.find(({ reason }) => reason !== null) ?? candidates[0];
  const words = ['ct', ...path].join(' ');
  // What was typed may be a value.
  if (path[0] === 'secrets') {
    return new CtError('invalid_argument', `${words}: the words after it cannot be understood`, {
      hint: `see '${words} --help'; a value is never given on the command line`,
    });
  }
  const reason = reasonOf(candidate?.reason, thrown);
  return new CtError('invalid_argument', `${words}: ${reason}`, {
    hint: `${meantOption(reason, options)}${candidate === undefined ? '' : `usage: ${tidyUsage(candidate.usage)}\n`}see '${words} --help'`,
  });
}

function meantOption(reason: string, options: readonly string[]): string {
  const typed = /^there is no option '(--?[^'=]+)/u.exec(reason)?.[1];
  const near = typed === undefined ? undefined : nearestWord(typed, options);
  return near === undefined ? '' : `did you mean '${near}'?\n`;
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

/** The library writes `#0` for an option's value, and leaves spaces at the ends of lines. */
export function tidyUsage(text: string): string {
  return text.replace(/ #\d+/gu, ' <value>').replace(/ +$/gmu, '');
}
