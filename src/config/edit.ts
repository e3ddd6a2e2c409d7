import { editArray } from './edit-array.ts';
import { KeyScanner, type FoundKey } from './locate.ts';

/** A change of a list. */
export interface ListEdit {
  /** Items to append, in this order */
  readonly add: readonly string[];
  /** Which of the items that are there go */
  readonly removes: (item: string) => boolean;
}

/**
 * Changes a list of texts in a table of a TOML text that is known to be valid; every line that does not
 * hold the change stays as it is, to the byte. A key or table that is missing is made, if there is
 * anything to add.
 *
 * `undefined` where it cannot be done without rewriting what the user wrote: an inline table, or a value
 * that is no list of texts.
 */
export function editList(
  text: string,
  path: readonly [table: string, key: string],
  edit: ListEdit,
): string | undefined {
  const keys = [...new KeyScanner(text).keys()];
  const [table, key] = path;
  const found = keys.find(({ path: at, isHeader }) => !isHeader && isPath(at, path));
  if (found !== undefined) return editFound(text, found, edit);
  if (edit.add.length === 0) return text;
  const line = (name: string): string => `${name} = [${edit.add.map(quote).join(', ')}]`;
  const header = keys.find(({ path: at, isHeader }) => isHeader && isPath(at, [table]));
  if (header !== undefined) return insertLine(text, header.end, line(key));
  // `network.mode = …` has made the table already: a header for it would be a second one.
  const dotted = keys.findLast(({ path: at, isHeader }) => !isHeader && at[0] === table);
  if (dotted === undefined) return appendTable(text, table, line(key));
  return dotted.path.length > 1 && isAtTop(keys, dotted)
    ? insertLine(text, dotted.end, line(`${table}.${key}`))
    : undefined;
}

function editFound(text: string, found: FoundKey, edit: ListEdit): string | undefined {
  const array = text.slice(found.value, found.end);
  const edited = editArray(array, edit, newlineOf(text));
  return edited === undefined
    ? undefined
    : text.slice(0, found.value) + edited + text.slice(found.end);
}

/** A line of its own behind the statement that ends at `offset`, and its comment. */
function insertLine(text: string, offset: number, line: string): string {
  const end = text.indexOf('\n', offset);
  const newline = newlineOf(text);
  return end < 0
    ? `${text}${newline}${line}${newline}`
    : `${text.slice(0, end + 1)}${line}${newline}${text.slice(end + 1)}`;
}

function appendTable(text: string, table: string, line: string): string {
  const newline = newlineOf(text);
  const bare = text.replace(/^\ufeff/u, '');
  const gap = bare === '' ? '' : bare.endsWith('\n') ? newline : newline + newline;
  return `${text}${gap}[${table}]${newline}${line}${newline}`;
}

/** Whether a key stands before any table's header. */
function isAtTop(keys: readonly FoundKey[], key: FoundKey): boolean {
  return !keys.some(({ isHeader, offset }) => isHeader && offset < key.offset);
}

function isPath(path: readonly string[], wanted: readonly string[]): boolean {
  return path.length === wanted.length && path.every((word, index) => word === wanted[index]);
}

function newlineOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

/** A TOML basic string; JSON's escapes are a part of TOML's. */
export function quote(item: string): string {
  return JSON.stringify(item).replace(/\u007f/gu, '\\u007F');
}
