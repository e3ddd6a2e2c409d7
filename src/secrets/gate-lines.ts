import { reveal, type Secret } from './secret.ts';

/**
 * What the entry script reads at its gate: the variables of the agent's process, its words where they were
 * not known when it was made, then the word that opens.
 * A value is a line for each of its lines, so that it is data for the shell and never text to be
 * understood; `open` comes last, so that half of it opens nothing.
 *
 * The bytes go through a FIFO: they are in no file, and no swapped-out page of one.
 * Source: templates/entry.sh
 */
export function gateLines(variables: readonly Secret[], words?: readonly string[]): Buffer {
  return Buffer.concat([
    ...variables.flatMap((secret) => valueLines(secret.name, reveal(secret), '!')),
    ...(words === undefined ? [] : [Buffer.from('*\n')]),
    ...(words ?? []).flatMap((word) => valueLines('', Buffer.from(word), '.')),
    Buffer.from('open\n'),
  ]);
}

function valueLines(name: string, value: Buffer, end: '!' | '.'): Buffer[] {
  const lines: Buffer[] = [Buffer.from(`=${name}\n`)];
  let start = 0;
  for (let at = value.indexOf(10); at !== -1; at = value.indexOf(10, start)) {
    lines.push(Buffer.from('+'), value.subarray(start, at + 1));
    start = at + 1;
  }
  return [...lines, Buffer.from('+'), value.subarray(start), Buffer.from(`\n${end}\n`)];
}
