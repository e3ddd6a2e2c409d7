import { parseSize } from '../base/units.ts';
import { PACKAGE_NAMES, PACKAGE_WORDS } from './package-names.ts';
import type { ConfigValue, ItemKind, KeySpec } from './key-spec.ts';

/** A value that is right, or what it should have been. */
export type Checked =
  { readonly value: ConfigValue } | { readonly expected: string; readonly refusal?: string };

/** Compares one value with its key's spec; paths are made absolute. */
export function checkValue(spec: KeySpec, given: unknown, home: string): Checked {
  // A default may lie outside the range: 0 for "as usual".
  if (typeof given === 'number' && given === spec.default) return { value: given };
  switch (spec.type) {
    case 'integer': {
      const isRight =
        Number.isSafeInteger(given) && Number(given) >= spec.min && Number(given) <= spec.max;
      const expected = `a whole number of ${spec.unit} from ${spec.min} to ${spec.max}`;
      return isRight ? { value: Number(given) } : { expected };
    }
    case 'decimal': {
      const isRight = typeof given === 'number' && given >= spec.min && given <= spec.max;
      const expected = `a number of ${spec.unit} from ${spec.min} to ${spec.max}`;
      return isRight ? { value: given } : { expected };
    }
    case 'size':
      return checkSize(given, spec.min);
    case 'switch':
      return typeof given === 'boolean' ? { value: given } : { expected: 'true or false' };
    case 'list':
      return checkList(given, spec.item, home);
    case 'map':
      return checkMap(given, spec.item, home);
    case 'choice': {
      const expected = `one of ${spec.choices.map((choice) => `"${choice}"`).join(', ')}`;
      if (typeof given !== 'string') return { expected };
      if (spec.choices.includes(given)) return { value: given };
      const refused = spec.refused ?? {};
      const refusal = Object.hasOwn(refused, given) ? refused[given] : undefined;
      return refusal === undefined ? { expected } : { expected, refusal };
    }
    case 'path':
      return checkPath(given, home, 'a path that begins with / or ~/');
    case 'socket':
      return checkPath(
        typeof given === 'string' ? given.replace(/^unix:\/\//u, '') : given,
        home,
        'a path that begins with / or ~/, or a unix:// address (others are not supported)',
      );
    case 'word': {
      const value = given === '' ? '' : checkItem(given, 'word', home);
      return value === undefined ? { expected: 'a text without spaces' } : { value };
    }
    case 'profile':
      return given === '' || (typeof given === 'string' && spec.names.includes(given))
        ? { value: given }
        : checkPath(
            given,
            home,
            `one of ${spec.names.map((name) => `"${name}"`).join(', ')}, or a path that begins with / or ~/`,
          );
    case 'variable': {
      const value = given === '' ? '' : checkItem(given, 'variable', home);
      return value === undefined ? { expected: 'the name of an environment variable' } : { value };
    }
    case 'reference':
      return typeof given === 'string' && REFERENCE.test(given)
        ? { value: given }
        : { expected: 'an image with its registry, such as docker.io/library/debian:trixie-slim' };
  }
}

/** Bytes, as a whole number or as a text with a unit. */
function checkSize(given: unknown, min: number): Checked {
  const bytes = typeof given === 'string' ? parseSize(given) : given;
  if (Number.isSafeInteger(bytes) && Number(bytes) >= min) return { value: Number(bytes) };
  return { expected: `a size of at least ${min} bytes, such as "512MiB" or "4GiB"` };
}

/** Longer lists are somebody's trick; the longest that people keep have some hundred lines */
const MAX_ITEMS = 10_000;

function checkList(given: unknown, kind: ItemKind, home: string): Checked {
  const expected = `a list of ${ITEM_WORDS[kind]}`;
  if (!Array.isArray(given) || given.length > MAX_ITEMS) return { expected };
  const items: string[] = [];
  for (const [index, item] of given.entries()) {
    const value = checkItem(item, kind, home);
    const which = `${expected} (item ${index + 1} is not one)`;
    if (value === undefined) return { expected: which };
    if (kind !== 'argument' && items.includes(value))
      return { expected: `${expected} without the same one twice` };
    items.push(value);
  }
  return { value: items };
}

function checkMap(given: unknown, kind: ItemKind, home: string): Checked {
  const expected = `a table of names and ${ITEM_WORDS[kind]}`;
  const isTable = typeof given === 'object' && given !== null && !Array.isArray(given);
  if (!isTable || given instanceof Date) return { expected };
  const entries: [string, string][] = [];
  for (const [name, item] of Object.entries(given as Record<string, unknown>)) {
    const value = checkItem(item, kind, home);
    if (value === undefined || !MAP_NAME.test(name)) return { expected };
    entries.push([name, value]);
  }
  return { value: Object.fromEntries(entries) };
}

const MAP_NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/u;

const ITEM_WORDS: Readonly<Record<ItemKind, string>> = {
  word: 'words (texts without spaces)',
  path: 'paths that begin with / or ~/',
  variable: 'names of environment variables',
  port: 'ports (whole numbers from 1 to 65535)',
  argument: 'a program and its arguments (texts without control characters)',
  ...PACKAGE_WORDS,
};

function checkItem(item: unknown, kind: ItemKind, home: string): string | undefined {
  if (kind === 'port') {
    const text = typeof item === 'number' || typeof item === 'string' ? String(item) : '';
    return /^[1-9]\d{0,4}$/u.test(text) && Number(text) < 65_536 ? text : undefined;
  }
  if (typeof item !== 'string') return undefined;
  switch (kind) {
    case 'word':
      return /^[^\s\p{C}]{1,512}$/u.test(item) ? item : undefined;
    case 'variable':
      return /^[A-Za-z_][A-Za-z0-9_]{0,254}$/u.test(item) ? item : undefined;
    case 'argument':
      return /^\P{C}{1,4096}$/u.test(item) ? item : undefined;
    case 'path': {
      const checked = item === '' ? undefined : checkPath(item, home, '');
      return checked !== undefined && 'value' in checked ? (checked.value as string) : undefined;
    }
    default:
      return PACKAGE_NAMES[kind].test(item) ? item : undefined;
  }
}

function checkPath(given: unknown, home: string, expected: string): Checked {
  if (typeof given !== 'string' || given.length > 4096 || given.includes('\0')) return { expected };
  if (given === '' || given.startsWith('/')) return { value: given };
  return given.startsWith('~/') ? { value: `${home}${given.slice(1)}` } : { expected };
}

/** Source: distribution/reference, grammar of a canonical name; the host part is demanded here */
const REFERENCE =
  /^(?=.{1,512}$)(?:localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)+|[a-z0-9.-]+(?=:))(?::\d{1,5})?(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)+(?::\w[\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/u;
