import { quote, type ListEdit } from './edit.ts';
import { STRING, unquote } from './locate.ts';

/** An item of an array and where it stands in the array's text. */
interface Item {
  readonly start: number;
  readonly end: number;
  readonly value: string;
  /** Behind the comma that follows; `undefined` without one */
  comma: number | undefined;
}

/**
 * Changes an array of texts, given with everything from `[` to the end of its statement. Comments,
 * spaces and line breaks stay, but for those of lines that are removed whole. `undefined` when it is not
 * an array of one-line strings.
 */
export function editArray(text: string, edit: ListEdit, newline: string): string | undefined {
  const before = scanArray(text);
  if (before === undefined) return undefined;
  const removed = [...before.items].reverse().reduce((rest, item, index) => {
    const at = before.items.length - 1 - index;
    return edit.removes(item.value) ? removeItem(rest, item, before.items[at - 1]) : rest;
  }, text);
  if (edit.add.length === 0) return removed;
  const after = scanArray(removed);
  return after === undefined ? undefined : addItems(removed, after, edit.add, newline);
}

interface Scanned {
  readonly items: readonly Item[];
  /** Of the closing bracket */
  readonly close: number;
}

function scanArray(text: string): Scanned | undefined {
  if (!text.startsWith('[')) return undefined;
  const items: Item[] = [];
  for (let at = 1; at < text.length;) {
    const char = text[at];
    const last = items.at(-1);
    if (char === ']') return { items, close: at };
    if (char === '#') at = endOfLine(text, at);
    else if (char === ',' && last !== undefined && last.comma === undefined) last.comma = ++at;
    else if (/\s/u.test(char ?? '')) at++;
    else {
      const found = stringAt(text, at);
      if (found === undefined) return undefined;
      items.push({ start: at, end: at + found.length, value: unquote(found), comma: undefined });
      at += found.length;
    }
  }
  return undefined;
}

/** A string on one line; others are nothing that a list of words holds. */
function stringAt(text: string, at: number): string | undefined {
  STRING.lastIndex = at;
  const found = STRING.exec(text)?.[0];
  return found === undefined || /^(?:"""|''')/u.test(found) ? undefined : found;
}

/** Takes an item out with its comma: the whole line if it stands alone there, else just itself. */
function removeItem(text: string, item: Item, previous: Item | undefined): string {
  const lineStart = text.lastIndexOf('\n', item.start) + 1;
  const end = item.comma ?? item.end;
  const lineEnd = endOfLine(text, end);
  const isAlone =
    lineStart > 0 &&
    lineEnd < text.length &&
    text.slice(lineStart, item.start).trim() === '' &&
    /^\s*(?:#.*)?$/u.test(text.slice(end, lineEnd));
  if (isAlone) return text.slice(0, lineStart) + text.slice(lineEnd + 1);
  const behind = end + (/^[ \t]+(?=[^\s\]#])/u.exec(text.slice(end))?.[0].length ?? 0);
  if (item.comma === undefined && previous?.comma !== undefined) {
    // The last of a line: the comma before it goes, what stands between stays if it is a comment.
    const between = text.slice(previous.comma, item.start);
    if (/^[ \t]*$/u.test(between)) return text.slice(0, previous.comma - 1) + text.slice(item.end);
  }
  return text.slice(0, item.start) + text.slice(behind);
}

/** Behind the last item, in the way in which the others stand. */
function addItems(
  text: string,
  { items, close }: Scanned,
  add: readonly string[],
  newline: string,
): string {
  const last = items.at(-1);
  const lineStart = last === undefined ? 0 : text.lastIndexOf('\n', last.start) + 1;
  const indent = last === undefined ? undefined : text.slice(lineStart, last.start);
  if (last !== undefined && lineStart > 0 && indent?.trim() === '') {
    return addLines(text, last, { close, indent, newline }, add);
  }
  const words = add.map(quote).join(', ');
  if (last === undefined) {
    // An empty array may hold a comment on its last line: the words stand before the bracket.
    const isPlain = text.slice(1, close).trim() === '';
    const head = isPlain ? '[' : text.slice(0, close);
    return `${head}${words}${text.slice(close)}`;
  }
  const at = last.comma ?? last.end;
  return `${text.slice(0, at)}${last.comma === undefined ? ', ' : ' '}${words}${text.slice(at)}`;
}

/** A line for each, behind the line of the last item and its comment. */
function addLines(
  text: string,
  last: Item,
  place: { readonly close: number; readonly indent: string; readonly newline: string },
  add: readonly string[],
): string {
  const { close, indent, newline } = place;
  const lines = add.map((item) => `${indent}${quote(item)},`);
  const at = last.comma ?? last.end;
  const withComma =
    last.comma === undefined ? `${text.slice(0, last.end)},${text.slice(last.end)}` : text;
  const shift = last.comma === undefined ? 1 : 0;
  const lineEnd = endOfLine(withComma, at + shift);
  if (lineEnd > close + shift) {
    // The bracket is on the same line.
    const before = withComma.slice(0, at + shift);
    return `${before}${newline}${lines.join(newline)}${newline}${withComma.slice(close + shift)}`;
  }
  const tail = withComma.slice(lineEnd + 1);
  return `${withComma.slice(0, lineEnd + 1)}${lines.join(newline)}${newline}${tail}`;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}
