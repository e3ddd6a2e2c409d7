import { describe, expect, it } from 'vitest';
import { Redactor } from '../../src/secrets/redact.ts';
import { Secret } from '../../src/secrets/secret.ts';

const value = 'sk-live-ABCDEF0123456789/+=';
const MARK = '[secret KEY]';

function redactor(text = value): Redactor {
  const made = new Redactor();
  made.add(new Secret('KEY', Buffer.from(text)));
  return made;
}

describe('a redactor (AP-11)', () => {
  it('puts the name in the place of the value, wherever it is and however often', () => {
    expect(redactor().text(`a ${value}${value} b ${value}`)).toBe(`a ${MARK}${MARK} b ${MARK}`);
    expect(redactor().text('nothing here')).toBe('nothing here');
  });

  it('sees through colours and breaks inside the value', () => {
    const coloured = [...value].join('\u001b[31m');
    expect(redactor().text(`>${coloured}<`)).toBe(`>${MARK}<`);
    expect(redactor().text(`>${value.slice(0, 5)}\r\n${value.slice(5)}<`)).toBe(`>${MARK}<`);
  });

  it('sees base64 that is wrapped at 76 columns', () => {
    const long = 'key '.repeat(60);
    const wrapped = Buffer.from(`xx${long}yy`).toString('base64').replace(/.{76}/gu, '$&\n');
    const shown = redactor(long).text(wrapped);
    expect(shown).toContain(MARK);
    expect(shown.length).toBeLessThan(30);
  });

  it('hides overlapping and nested values under one name each', () => {
    const both = redactor('abcdefgh');
    both.add(new Secret('OTHER', Buffer.from('efghijkl')));
    expect(both.text('xabcdefghijkly')).toBe(`x${MARK}y`);
    expect(both.text('efghijkl')).toBe('[secret OTHER]');
  });

  it.each([1, 2, 3, 7, 26, 27, 28, 1000])(
    'loses nothing and shows nothing in pieces of %i',
    (size) => {
      const text = `before ${value} between ${Buffer.from(`z${value}`).toString('base64')} after`;
      const stream = redactor().stream();
      let out = '';
      for (let at = 0; at < text.length; at += size) out += stream.push(text.slice(at, at + size));
      out += stream.end();
      expect(out).toBe(redactor().text(text));
      expect(out).toContain(`before ${MARK} between `);
      expect(out.endsWith(' after')).toBe(true);
    },
  );

  it('keeps two streams apart, as stdout and stderr are', () => {
    const made = redactor();
    const [out, err] = [made.stream(), made.stream()];
    const shown = [out.push(value.slice(0, 9)), err.push('warning\n'), out.push(value.slice(9))];
    expect(shown.join('') + out.end() + err.end()).toBe(`${MARK}warning\n`);
  });

  it('lets go of what no value can begin with', () => {
    const stream = redactor().stream();
    const long = 'x'.repeat(10_000);
    expect(stream.push(long).length).toBeGreaterThan(9000);
  });

  it('does not grow without end on text that is all line breaks', () => {
    const stream = redactor().stream();
    let kept = 0;
    for (let round = 0; round < 40; round += 1)
      kept += 100_000 - stream.push('\n'.repeat(100_000)).length;
    expect(kept).toBeLessThan(1_200_000);
  });

  it('finds every split of random values in random text', () => {
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % below;
    };
    for (let round = 0; round < 200; round += 1) {
      const text = Array.from({ length: random(60) + 1 }, () => 'ab\n'[random(3)]).join('');
      const made = redactor('abba'.repeat(random(3) + 1));
      const stream = made.stream();
      let out = '';
      for (let at = 0; at < text.length;) {
        const size = random(9) + 1;
        out += stream.push(text.slice(at, at + size));
        at += size;
      }
      expect(out + stream.end()).toBe(made.text(text));
    }
  });
});
