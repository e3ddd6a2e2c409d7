import fc from 'fast-check';
import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { editList } from '../../src/config/edit.ts';

const PATH = ['network', 'allowed_domains'] as const;

const add = (text: string, ...items: string[]) =>
  editList(text, PATH, { add: items, removes: () => false });
const remove = (text: string, ...items: string[]) =>
  editList(text, PATH, { add: [], removes: (item) => items.includes(item) });

describe('editList', () => {
  it.each([
    ['an empty file', '', '[network]\nallowed_domains = ["a.test"]\n'],
    [
      'a file without the table',
      '# mine\n[logs]\nretention_days = 3 # short',
      '# mine\n[logs]\nretention_days = 3 # short\n\n[network]\nallowed_domains = ["a.test"]\n',
    ],
    [
      'a table without the key',
      '[network] # net\nmode = "strict"\n[logs]\n',
      '[network] # net\nallowed_domains = ["a.test"]\nmode = "strict"\n[logs]\n',
    ],
    [
      'a dotted key',
      'network.mode = "strict"\n',
      'network.mode = "strict"\nnetwork.allowed_domains = ["a.test"]\n',
    ],
    [
      'a list on one line',
      '[network]\nallowed_domains = [ "x.test" ] # why\n',
      '[network]\nallowed_domains = [ "x.test", "a.test" ] # why\n',
    ],
    [
      'a list with a comma at its end',
      "[network]\nallowed_domains = ['x.test',]\n",
      '[network]\nallowed_domains = [\'x.test\', "a.test"]\n',
    ],
    ['an empty list', 'network.allowed_domains = [ ]\n', 'network.allowed_domains = ["a.test"]\n'],
    [
      'a list of lines',
      '[network]\nallowed_domains = [\n  "x.test", # first\n  "y.test" # last\n  # end\n]\n',
      '[network]\nallowed_domains = [\n  "x.test", # first\n  "y.test", # last\n  "a.test",\n  # end\n]\n',
    ],
    [
      'a list whose bracket stands beside the last item',
      '[network]\nallowed_domains = [\n\t"x.test"]\n',
      '[network]\nallowed_domains = [\n\t"x.test",\n\t"a.test",\n]\n',
    ],
    [
      'a list that holds only a comment',
      '[network]\nallowed_domains = [\n  # nothing yet\n]\n',
      '[network]\nallowed_domains = [\n  # nothing yet\n"a.test"]\n',
    ],
    [
      'lines of the other kind',
      '[network]\r\nallowed_domains = [\r\n  "x.test",\r\n]\r\n',
      '[network]\r\nallowed_domains = [\r\n  "x.test",\r\n  "a.test",\r\n]\r\n',
    ],
    [
      'a mark of the byte order',
      '\ufeff[network]\n',
      '\ufeff[network]\nallowed_domains = ["a.test"]\n',
    ],
  ])('adds to %s', (_what, before, after) => {
    expect(add(before, 'a.test')).toBe(after);
  });

  it.each([
    ['the only one', 'network.allowed_domains = ["a.test"]', 'network.allowed_domains = []'],
    [
      'the first of a line',
      '[network]\nallowed_domains = ["a.test", "x.test"]\n',
      '[network]\nallowed_domains = ["x.test"]\n',
    ],
    [
      'the last of a line',
      '[network]\nallowed_domains = ["x.test", "a.test"] # c\n',
      '[network]\nallowed_domains = ["x.test"] # c\n',
    ],
    [
      'a line with its comment',
      '[network]\nallowed_domains = [\n  "x.test",\n  "a.test", # no more\n  # stays\n]\n',
      '[network]\nallowed_domains = [\n  "x.test",\n  # stays\n]\n',
    ],
  ])('removes %s', (_what, before, after) => {
    expect(remove(before, 'a.test')).toBe(after);
  });

  it.each([
    ['an inline table', 'network = { mode = "strict" }\n'],
    ['something that is no list', '[network]\nallowed_domains = "x.test"\n'],
    ['texts of several lines', '[network]\nallowed_domains = ["""x.test"""]\n'],
  ])('leaves %s alone', (_what, text) => {
    expect(add(text, 'a.test')).toBeUndefined();
  });

  it('is not misled by what looks like the list', () => {
    const text = '# [network]\n[logs]\nnote = """\n[network]\nallowed_domains = []\n"""\n';
    expect(add(text, 'a.test')).toBe(`${text}\n[network]\nallowed_domains = ["a.test"]\n`);
  });
});

const word = fc.stringMatching(/^[a-z*.:-]{1,12}$/u);
const comment = fc.stringMatching(/^#[ "'[\]a-z,=#]{0,14}$/u);
const space = fc.constantFrom('', ' ', '\t', '  ');

/** An array of words as people write one: on a line or on several, with comments in every place. */
const array = fc
  .tuple(
    fc.uniqueArray(word, { maxLength: 6 }),
    fc.infiniteStream(fc.tuple(space, space, fc.boolean(), fc.option(comment))),
    fc.boolean(),
    fc.boolean(),
  )
  .map(([words, marks, isTall, hasComma]) => {
    const parts = words.map((item, index) => {
      const [before, after, single, note] = marks.next().value;
      const text = single ? `'${item}'` : JSON.stringify(item);
      const comma = index < words.length - 1 || hasComma ? ',' : '';
      const end = isTall ? `${note === null ? '' : ` ${note}`}\n` : '';
      return `${before}${text}${after}${comma}${end}`;
    });
    return { words, text: `[${isTall ? '\n' : ''}${parts.join('')}]` };
  });

const document = fc
  .tuple(
    fc.constantFrom('', '# first\n', '\n\n', 'network.mode = "strict"\n'),
    fc.option(array),
    fc.constantFrom('', ' # why'),
    fc.constantFrom('', '[logs]\nretention_days = 3\n', '\n# end'),
  )
  .map(([head, list, note, tail]) => {
    const isDotted = head.startsWith('network.');
    const key = isDotted ? 'network.allowed_domains' : 'allowed_domains';
    const table = isDotted ? '' : '[network] # t\nmode = "strict"\n';
    const line = list === null ? '' : `${key} = ${list.text}${note}\n`;
    return {
      text: `${head}${table}${line}${tail}`,
      words: list?.words ?? [],
      before: `${head}${table}${list === null ? '' : `${key} = `}`,
      behind: list === null ? tail : `${note}\n${tail}`,
    };
  });

const read = (text: string): unknown =>
  (parse(text) as { network?: { allowed_domains?: unknown } }).network?.allowed_domains ?? [];

describe('whatever a file looks like, editList', () => {
  it('makes exactly the change, and leaves a valid file', () => {
    fc.assert(
      fc.property(document, fc.uniqueArray(word, { maxLength: 3 }), (file, wanted) => {
        const fresh = wanted.filter((item) => !file.words.includes(item));
        const gone = file.words.filter((_item, index) => index % 2 === 0);
        const added = add(file.text, ...fresh) ?? '';
        expect(read(added)).toEqual([...file.words, ...fresh]);
        const removed = remove(added, ...gone) ?? '';
        expect(read(removed)).toEqual([...file.words.filter((x) => !gone.includes(x)), ...fresh]);
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps every line that does not hold the list', () => {
    fc.assert(
      fc.property(document, word, (file, item) => {
        for (const edited of [add(file.text, item), remove(file.text, ...file.words)]) {
          const [before = '', behind = ''] = [file.before, file.behind];
          // A key that was not there comes behind the header: then the rest of the table follows it.
          const isNew = !file.text.includes('allowed_domains');
          const lines = (edited ?? '').split('\n');
          const kept = lines.filter((line) => !line.includes('allowed_domains')).join('\n');
          if (isNew) expect(kept).toBe(file.text);
          else expect(edited?.startsWith(before) === true && edited.endsWith(behind)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('gives the same text back when nothing changes', () => {
    fc.assert(
      fc.property(document, (file) => {
        expect(remove(file.text)).toBe(file.text);
      }),
    );
  });
});
