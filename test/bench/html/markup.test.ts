import { describe, expect, it } from 'vitest';
import { drawing, escaped, joined, msText, tag } from '../../../src/bench/html/markup.ts';

describe('markup', () => {
  it('lets text be text, in elements and attributes', () => {
    const evil = `"><script>'&`;
    expect(tag('p', { title: evil }, evil).html).toBe(
      `<p title="${escaped(evil)}">&quot;&gt;&lt;script&gt;&#39;&amp;</p>`,
    );
  });

  it('puts elements into elements', () => {
    const inner = tag('b', {}, 'x');
    expect(tag('p', { x: 1.26 }, 'a', inner).html).toBe('<p x="1.3">a<b>x</b></p>');
    expect(joined([inner, inner]).html).toBe('<b>x</b>\n<b>x</b>');
  });

  it('has drawings that say what they show', () => {
    expect(drawing('a "b"', 9.5, []).html).toBe(
      '<svg viewBox="0 0 800 10" role="img" aria-label="a &quot;b&quot;"></svg>',
    );
  });

  it.each([
    [0, '0 ms'],
    [0.26, '0.3 ms'],
    [9.96, '10.0 ms'],
    [12.4, '12 ms'],
  ])('writes %d as %s', (value, text) => expect(msText(value)).toBe(text));
});
