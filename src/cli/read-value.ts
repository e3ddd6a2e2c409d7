import { CtError } from '../base/errors.ts';
import { checkedName } from '../secrets/names.ts';

/**
 * The one word that commands with a value take: its name. A value among the words is refused and not
 * repeated: every process of this machine could have read it there, and the shell keeps it in its history.
 *
 * Errors: invalid_argument
 */
export function nameAlone(command: string, words: readonly string[]): string {
  const [name, ...rest] = words;
  const hint = `type:  ct secrets ${command} NAME   (and then the value, or pipe it in)`;
  if (name === undefined) {
    throw new CtError('invalid_argument', `ct secrets ${command}: the name is missing`, { hint });
  }
  if (rest.length > 0 || name.includes('=')) {
    throw new CtError(
      'invalid_argument',
      `ct secrets ${command} takes a name and no value: on a command line every process of this machine can read it, and your shell remembers it`,
      { hint: `${hint}\nif that was a real one, take it for known and get a new one` },
    );
  }
  return checkedName(name);
}

/**
 * A value from the terminal, typed unseen, or else all of standard input.
 *
 * Errors: canceled; invalid_argument when there is too much
 */
export async function readValue(name: string): Promise<Buffer> {
  const { askHidden, readAllInput } = await import('../host/prompt.ts');
  return process.stdin.isTTY === true ? askHidden(`Value of ${name} (not shown)`) : readAllInput();
}

/**
 * A text that is not secret, from a file; `-` is standard input.
 *
 * Errors: those of the file system; invalid_argument when it is too long or no text
 */
export async function readInputText(path: string): Promise<string> {
  const { decodeText, readTextFile } = await import('../host/text-file.ts');
  if (path !== '-') return readTextFile(path);
  const { readAllInput } = await import('../host/prompt.ts');
  return decodeText(await readAllInput(), 'standard input');
}
