import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { editStore, parseStore } from '../../src/secrets/store-text.ts';
import { processorMs } from '../support/processor-time.ts';

const valueOf = (text: string, name = 'A'): string | undefined =>
  parseStore(text).values.get(name)?.toString();

describe('the text of the store', () => {
  it('keeps comments, empty lines and order', () => {
    const text = '# mine\n\nA = "1"   # until May\nB = \'2\'\n';
    expect(editStore(text, 'A', Buffer.from('x'))).toBe(
      '# mine\n\nA = "x"   # until May\nB = \'2\'\n',
    );
    expect(editStore(text, 'C', Buffer.from('3'))).toBe(`${text}C = "3"\n`);
    expect(editStore(text, 'A', undefined)).toBe("# mine\n\nB = '2'\n");
    expect(editStore(text, 'NONE', undefined)).toBe(text);
    expect(editStore('', 'A', Buffer.from('1'))).toBe('A = "1"\n');
  });

  it('reads back what it wrote, and so does a TOML library', () => {
    const values = [
      '',
      '"',
      '\\',
      '\\"',
      '#',
      ' # no comment',
      "'",
      '\n\r\t\b\f',
      '\u007f\u0001',
      'ü😀\u2028',
      '${A}',
      '$&',
      '=',
      '"# x',
    ];
    for (const value of values) {
      const text = editStore('B = "b" # keep\nA = "old" # keep\n', 'A', Buffer.from(value));
      expect(valueOf(text)).toBe(value);
      expect(valueOf(text, 'B')).toBe('b');
      expect((parse(text) as { A: string }).A).toBe(value);
      expect(text).toMatch(/^A = [^\n]* # keep$/mu);
    }
  });

  it('reads literal strings, escapes and Windows line ends', () => {
    expect(valueOf("A = 'a\\n'\r\n")).toBe('a\\n');
    expect(valueOf('  A="\\u00fc\\U0001F600" # x')).toBe('ü😀');
  });

  it.each([
    'A = 1',
    'A = "1',
    'A = "a\\q"',
    'A = "\\ud800"',
    '[table]',
    'A "1"',
    'A = """x"""',
    'A = "1" x',
    'PATH = "x"',
    'a = "x"',
    '\0',
  ])('says which line it cannot read, and not what is in it: %j', (line) => {
    const { faults } = parseStore(`# one\nB = "b"\n${line}\n`);
    expect(faults).toHaveLength(1);
    expect(faults[0]?.line).toBe(3);
    expect(faults[0]?.fault).not.toContain(line);
  });

  it('does not read a name twice', () => {
    expect(parseStore('A = "1"\nA = "2"\n').faults).toEqual([
      { line: 2, fault: 'a name that stands above already' },
    ]);
  });

  it('is quick on hostile text', () => {
    const text = `A = "${'\\\\'.repeat(200_000)}\n${'A'.repeat(200_000)}\n${' '.repeat(200_000)}x`;
    expect(processorMs(() => parseStore(text))).toBeLessThan(500);
  });
});
