import { objectOf } from './json.ts';

/** What is read of an image's own settings. Source: image-spec config.md */
interface PlainConfig {
  readonly config?: {
    readonly Env?: readonly string[] | null;
    readonly Labels?: Readonly<Record<string, string>> | null;
  };
}

/** Whether the part of a foreign configuration that is read later is what it must be. */
export function isImageConfig(value: unknown): value is PlainConfig {
  if (!isRecord(value)) return false;
  const settings = value['config'] ?? {};
  if (!isRecord(settings)) return false;
  const { Env: env, Labels: labels } = settings;
  return areWords(env ?? []) && isRecord(labels ?? {}) && areWords(Object.values(labels ?? {}));
}

/** The settings themselves, of what was not checked when it came: what is odd in them is left out. */
export function settingsIn(value: unknown): {
  readonly env: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
} {
  const { Env: env, Labels: labels } = objectOf(objectOf(value)['config']);
  const pairs = Object.entries(objectOf(labels)).filter(
    (pair): pair is [string, string] => typeof pair[1] === 'string',
  );
  return { env: Array.isArray(env) ? env.filter(isWord) : [], labels: Object.fromEntries(pairs) };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function areWords(list: unknown): boolean {
  return Array.isArray(list) && list.every(isWord);
}

function isWord(word: unknown): word is string {
  return typeof word === 'string';
}
