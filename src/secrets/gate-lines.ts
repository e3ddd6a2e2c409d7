import { reveal, type Secret } from './secret.ts';

/**
 * What the entry script reads at its gate: the variables of the agent's process, then the word that opens.
 * A value is a line for each of its lines, so that it is data for the shell and never text to be
 * understood; `open` comes last, so that half of it opens nothing.
 *
 * The bytes go through a FIFO: they are in no file, and no swapped-out page of one.
 * Source: templates/entry.sh
 */
export function gateLines(variables: readonly Secret[]): Buffer {
  return Buffer.concat([...variables.flatMap(variableLines), Buffer.from('open\n')]);
}

function variableLines(secret: Secret): Buffer[] {
  const value = reveal(secret);
  const lines: Buffer[] = [Buffer.from(`=${secret.name}\n`)];
  let start = 0;
  for (let end = value.indexOf(10); end !== -1; end = value.indexOf(10, start)) {
    lines.push(Buffer.from('+'), value.subarray(start, end + 1));
    start = end + 1;
  }
  return [...lines, Buffer.from('+'), value.subarray(start), Buffer.from('\n!\n')];
}
