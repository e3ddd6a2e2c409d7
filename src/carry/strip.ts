import { hasCredential, isCredential, looksRandom, REMOVED } from './credential.ts';

/** Data without its credentials, and the places where they stood. */
export interface Stripped {
  readonly value: unknown;
  /** Such as `mcpServers.github.env.GITHUB_TOKEN` */
  readonly removed: readonly string[];
}

/** Logins, and commands that fetch one on the host. Source: the agents' settings references */
const LOGINS = new Set([
  ...['oauthAccount', 'primaryApiKey', 'customApiKeyResponses', 'apiKeyHelper', 'userID'],
  ...['awsAuthRefresh', 'awsCredentialExport', 'otelHeadersHelper', 'copilot_tokens'],
  ...[
    'logged_in_users',
    'last_logged_in_user',
    'copilotTokens',
    'loggedInUsers',
    'lastLoggedInUser',
  ],
]);

/** Tables whose values go to a service as they are. */
const SENT =
  /^(?:env|envs|environment|env_vars|headers|http_?headers|extra_?headers|customHeaders)$/iu;
/** Headers that are nobody's secret. */
const OPEN_HEADER = /^(?:accept|content-type|user-agent|anthropic-(?:beta|version))$/iu;
/** An option whose next word is a credential, or that carries it behind `=`. */
const SECRET_OPTION =
  /^--?\w*(?:api-?_?key|token|secret|password|passwd|bearer|credential|auth)s?$/iu;

/** Takes credentials out of settings, by the names and by the looks of the values. */
export function stripData(data: unknown): Stripped {
  const removed: string[] = [];
  return { value: clean(data, [], removed), removed };
}

function clean(value: unknown, path: readonly string[], removed: string[]): unknown {
  if (Array.isArray(value)) return cleanList(value, path, removed);
  if (!isTable(value)) return value;
  const kept = Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
    const place = [...path, key];
    if (LOGINS.has(key) || (typeof inner === 'string' && isSecretAt(path, key, inner))) {
      removed.push(place.join('.'));
      return [];
    }
    return [[key, clean(inner, place, removed)]];
  });
  // Not by assignment: a key may be called `__proto__`.
  return Object.fromEntries(kept);
}

function isSecretAt(path: readonly string[], key: string, value: string): boolean {
  if (isCredential(key, value)) return true;
  if (!SENT.test(path.at(-1) ?? '')) return false;
  const isHeader = /header/iu.test(path.at(-1) ?? '');
  if (isHeader && !OPEN_HEADER.test(key) && !value.includes('$')) return true;
  return looksRandom(value);
}

/** Words of a command line: none may go, since the others would move up. */
function cleanList(
  list: readonly unknown[],
  path: readonly string[],
  removed: string[],
): unknown[] {
  let isNext = false;
  return list.map((item, index) => {
    const place = [...path, String(index)];
    if (typeof item !== 'string') return clean(item, place, removed);
    const [option = '', value] = splitOption(item);
    const isSecret =
      (isNext && !item.startsWith('-') && !item.includes('$')) || hasCredential(item);
    isNext = value === undefined && SECRET_OPTION.test(option);
    const carries = value !== undefined && SECRET_OPTION.test(option) && !value.includes('$');
    if (!isSecret && !carries) return item;
    removed.push(place.join('.'));
    return carries ? `${option}=${REMOVED}` : REMOVED;
  });
}

function splitOption(word: string): readonly [string, string | undefined] {
  const at = word.startsWith('-') ? word.indexOf('=') : -1;
  return at === -1 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

/**
 * Settings that are there, with what they lack from others: nothing that is there changes. Lists are
 * not mixed.
 */
export function mergeMissing(there: unknown, other: unknown): unknown {
  if (!isTable(there) || !isTable(other)) return there ?? other;
  const all = new Map(Object.entries(there));
  for (const [key, value] of Object.entries(other)) {
    all.set(key, all.has(key) ? mergeMissing(all.get(key), value) : value);
  }
  return Object.fromEntries(all);
}

/** A table of names and values. */
export function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
  );
}
