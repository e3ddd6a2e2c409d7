import { PATHS } from '../../base/layout.ts';
import { literally, type StartFailureWords } from '../../engine/withhold.ts';

/**
 * What a launcher reads on its standard input: the mark that it ends both outputs with, the variables and the words of
 * the program that it runs, then the word that begins it. A value is a line for each of its lines, so that it is data
 * for the shell and never text to be understood; what comes after `open` is the program's own input.
 *
 * Source: templates/launcher.sh
 */
export function launchLines(
  mark: string,
  env: Readonly<Record<string, string>>,
  words: readonly string[],
): Buffer {
  const lines = [
    `!${mark}`,
    ...Object.entries(env).flatMap(([name, value]) => valueLines(name, value, ':')),
    ...words.flatMap((word) => valueLines('', word, '.')),
  ];
  return Buffer.from(`${[...lines, 'open'].join('\n')}\n`);
}

/** Whether a shell can pass all of it on: it has no variables with other names, and some are the launcher's own. */
export function canLaunch(env: Readonly<Record<string, string>>): boolean {
  return Object.keys(env).every((name) => /^(?!ct_)[A-Za-z_][A-Za-z0-9_]*$/u.test(name));
}

function valueLines(name: string, value: string, end: ':' | '.'): readonly string[] {
  return [`=${name}`, ...value.split('\n').map((line) => `+${line}`), end];
}

/** What the launcher says of `program`. Source: templates/launcher.sh; dash(1) exec */
export function launcherWords(program: string): StartFailureWords {
  const begin = `${PATHS.launcher}: `;
  const named = `${literally(begin)}\\d+: exec: ${literally(program)}: `;
  return {
    beginnings: [begin],
    whole: new RegExp(`^${named}(?:not found|Permission denied)\\n$`, 'u'),
  };
}
