import { describe, expect, it } from 'vitest';
import { untilMark } from '../../../src/session/launcher/mark.ts';

/** What comes out of `pieces`, and the status that was told. */
async function read(pieces: readonly string[]): Promise<[string, number[]]> {
  const told: number[] = [];
  const output = untilMark('mamark', (status) => void told.push(status));
  for (const piece of pieces) output.write(piece);
  output.end();
  let text = '';
  for await (const chunk of output) text += String(chunk);
  return [text, told];
}

/** Every way to cut a text in two, and each letter alone. */
function cuts(text: string): readonly (readonly string[])[] {
  return [[...text], ...[...text].map((_, at) => [text.slice(0, at), text.slice(at)])];
}

describe('an output', () => {
  it('ends at the mark, wherever it is cut, and what follows is dropped', async () => {
    for (const pieces of cuts('a mamamark007more')) {
      expect(await read(pieces), pieces.join('|')).toEqual(['a ma', [7]]);
    }
  });

  it('ends at a mark without a status too, which is then not told', async () => {
    expect(await read(['a mamark999', 'more'])).toEqual(['a ', []]);
    expect(await read(['a mamarkx y'])).toEqual(['a ', []]);
  });

  it('without a whole mark loses no byte', async () => {
    for (const text of ['', 'mamar', 'x mamark00', 'mamam', 'mamammamar']) {
      for (const pieces of cuts(text)) {
        expect(await read(pieces), pieces.join('|')).toEqual([text, []]);
      }
    }
  });

  it('is passed on while it comes: only what may be a mark is kept back', async () => {
    const output = untilMark('mark', () => undefined);
    output.write('one ma');
    await new Promise((resolve) => output.once('readable', resolve));
    expect(String(output.read())).toBe('one ');
  });
});
