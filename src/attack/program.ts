import type { Attempt, Vars } from './attempt.ts';

/** Parts of the red team's program, in `templates/`; the first one holds the others. */
export const PROGRAM_PARTS = [
  'attack/runner.pl',
  'attack/kernel.pl',
  'attack/privilege.pl',
  'attack/files.pl',
  'attack/reach.pl',
  'attack/project.pl',
] as const;

/** Where perl is in every image of ct: by its path, since the agent's PATH begins in its home. */
export const PERL = '/usr/bin/perl';

/**
 * What goes to `perl -`: the program, then the attempts as lines for it to read. Ends with the dot after
 * which the program says that it is ready.
 */
export function renderProgram(
  parts: readonly string[],
  attempts: readonly Attempt[],
  vars: Vars,
): string {
  const lines = attempts.map(
    (attempt) =>
      `${attempt.background === true ? '~' : ''}${[attempt.id, ...fillIn(attempt.run, vars)].map(quote).join('\t')}\n`,
  );
  return `${parts.join('\n')}\nmain(\\*DATA);\n__END__\n${lines.join('')}.\n`;
}

/** Arguments with the facts of the run in place of `{name}`; a list becomes several arguments. */
export function fillIn(args: readonly string[], vars: Vars): readonly string[] {
  return args.flatMap((arg) => {
    const name = /^\{(\w+)\}$/u.exec(arg)?.[1];
    if (name === undefined) return [arg];
    const value = vars[name];
    if (value === undefined) throw new Error(`an attempt asks for {${name}}, which nobody has`);
    return typeof value === 'string' ? [value] : value;
  });
}

function quote(text: string): string {
  return text.replace(/[%\t\r\n]/gu, (char) => {
    return `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
}

/** Id of the line by which the program says that all but the background is done. */
export const READY = '.';

/** One line of the program's answer; `undefined` for anything that isn't one. */
export function parseAnswer(
  line: string,
): { readonly id: string; readonly seen: string } | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) return undefined;
    const { id, seen } = value as Record<string, unknown>;
    return typeof id === 'string' && typeof seen === 'string' ? { id, seen } : undefined;
  } catch {
    return undefined;
  }
}
