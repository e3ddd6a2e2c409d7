import { parseTomlText, renderToml } from '../config/toml.ts';
import { claudeState } from './claude-state.ts';
import {
  hasCredential,
  isCredential,
  isCredentialFile,
  looksRandom,
  withoutCredentials,
} from './credential.ts';
import type { CarriedKind } from './items.ts';
import { readJson } from './json-text.ts';
import { mergeMissing, stripData } from './strip.ts';

/** A file of the user's as it is about to be carried over. */
export interface CarriedFile {
  readonly kind: CarriedKind;
  /** Below the home */
  readonly path: string;
  readonly bytes: Buffer;
}

/** What goes over, or why nothing does. */
export type Carried =
  { readonly text: string; readonly removed: readonly string[] } | { readonly refused: string };

/**
 * A file without its credentials. What cannot be looked into does not go over; neither does a text, other
 * than a conversation, that shows a credential: nobody knows what it does there.
 */
export function carry({ kind, path, bytes }: CarriedFile): Carried {
  const name = path.split('/').at(-1) ?? '';
  if (isCredentialFile(name)) return { refused: 'its name is that of credentials' };
  const text = textOf(bytes);
  if (text === undefined)
    return { refused: 'is no text, so it cannot be searched for credentials' };
  if (kind === 'history') {
    const clean = withoutCredentials(text);
    return { text: clean.text, removed: Array.from({ length: clean.count }, () => 'a credential') };
  }
  if (/\.jsonc?$/u.test(name)) return carryJson(path, text);
  if (name.endsWith('.toml')) return carryToml(text);
  return showsCredential(text)
    ? { refused: 'it shows what looks like a credential' }
    : { text, removed: [] };
}

/** Settings that are there already, with what they lack from the carried ones; `undefined` where they are no JSON. */
export function mergeJson(there: string, carried: string): string | undefined {
  const [first, second] = [readJson(there), readJson(carried)];
  if (first === undefined || second === undefined) return undefined;
  const merged = mergeMissing(first.data, second.data);
  return JSON.stringify(merged) === JSON.stringify(first.data) ? there : render(merged);
}

function carryJson(path: string, text: string): Carried {
  const read = readJson(text);
  if (read === undefined)
    return { refused: 'is no valid JSON, so it cannot be searched for credentials' };
  const isState = path === '.claude.json';
  const { value, removed } = stripData(isState ? claudeState(read.data) : read.data);
  const isSame = removed.length === 0 && !isState;
  if (isSame) return hasCredential(text) ? { refused: 'it shows a credential' } : { text, removed };
  return { text: render(value), removed };
}

function carryToml(text: string): Carried {
  try {
    const { value, removed } = stripData(parseTomlText(text));
    const clean =
      removed.length === 0 ? text : renderToml(value as ReturnType<typeof parseTomlText>);
    return hasCredential(clean) ? { refused: 'it shows a credential' } : { text: clean, removed };
  } catch {
    return { refused: 'is no valid TOML, so it cannot be searched for credentials' };
  }
}

function render(data: unknown): string {
  return `${JSON.stringify(data, null, 2)}\n`;
}

/** `NAME=value` and `name: value` too, where the value is random. */
function showsCredential(text: string): boolean {
  if (hasCredential(text)) return true;
  for (const { 1: name = '', 2: value = '' } of text.matchAll(ASSIGNED)) {
    if (looksRandom(value) && isCredential(name, value)) return true;
  }
  return false;
}

const ASSIGNED = /([A-Za-z_][\w-]{0,80})["']?\s{0,4}[:=]\s{0,4}["']?([\w+/=.~:-]{20,400})/gu;

function textOf(bytes: Buffer): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
