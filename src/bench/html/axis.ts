import { joined, msText, tag, WIDTH, type Markup } from './markup.ts';

/** A scale from 0 to `most` between two columns of a drawing. */
export interface Scale {
  readonly from: number;
  readonly to: number;
  readonly most: number;
  at(value: number): number;
}

/** Room for names at the left and for figures at the right. */
const NAMES = 110;
const FIGURES = 90;

/** A scale for values up to `most`. */
export function scaleTo(most: number): Scale {
  const [from, to] = [NAMES, WIDTH - FIGURES];
  const end = most > 0 ? most : 1;
  return { from, to, most: end, at: (value) => from + ((to - from) * value) / end };
}

/** A step of 1, 2 or 5 times a power of ten that cuts `most` into four to ten. */
export function stepOf(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most / 4));
  const step = [1, 2, 5, 10].find((factor) => most / (factor * power) <= 8) ?? 10;
  return step * power;
}

/** Vertical lines with their milliseconds below. */
export function timeAxis(scale: Scale, height: number): Markup {
  const step = stepOf(scale.most);
  const count = Math.floor(scale.most / step + 1e-9);
  const lines = Array.from({ length: count + 1 }, (_, index) => {
    const x = scale.at(index * step);
    return joined([
      tag('line', { class: 'grid', x1: x, x2: x, y1: 0, y2: height }),
      tag(
        'text',
        { class: 'tick', x, y: height + 14, 'text-anchor': 'middle' },
        msText(index * step),
      ),
    ]);
  });
  return joined(lines);
}

/** Letters that fit into the room for names. */
const NAME_LETTERS = 16;

/** The name of a row, at the left of its drawing; one that is too long is cut off. */
export function rowName(name: string, y: number): Markup {
  const short = name.length > NAME_LETTERS ? `${name.slice(0, NAME_LETTERS - 1)}…` : name;
  return tag('text', { class: 'name', x: NAMES - 8, y: y + 4, 'text-anchor': 'end' }, short);
}

/** The figure of a row, at the right of its drawing. */
export function rowFigure(text: string, y: number): Markup {
  return tag('text', { class: 'figure', x: WIDTH - 2, y: y + 4, 'text-anchor': 'end' }, text);
}
