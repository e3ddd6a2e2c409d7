/**
 * What a credential looks like, by its name and by itself. It errs to the safe side: what is taken for
 * one is left behind and told, and the user can grant it (`ct secrets grant`) or copy it himself.
 */

/** Values that services document, wherever they stand in a text. Source: their documentation */
const TOKEN =
  /\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abeprs]-[\w-]{10,}|(?:AKIA|ASIA)[0-9A-Z]{16}|AIza[\w-]{30,}|sk-[\w-]{16,}|sk_(?:live|test)_\w{16,}|npm_\w{30,}|hf_\w{20,}|ya29\.[\w-]{20,}|1\/\/[\w-]{30,}|eyJ[\w-]{10,4000}\.[\w-]{10,4000}(?:\.[\w-]{0,4000})?|(?:xai|gsk|pplx|r8|tvly|fc|ctx7sk|dop_v1|AGE-SECRET-KEY)[-_]\w[\w-]{19,})|-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[^-]*-----END [A-Z ]*PRIVATE KEY-----)?/gu;
/** An address with a password in it, or a key among its parameters. */
const ADDRESS =
  /:\/\/[^/\s:@"']*:[^/\s@"'${}]+@|[?&](?:api_?key|key|token|access_token|auth|secret|password|sig)=[^&\s"'${}]{6,}/iu;

/** Last words of a name whose value is a credential, and those that say so only of a random one. */
const STRONG =
  /(?:^|_)(?:\w*passw(?:or)?d|passphrase|\w*secrets?|\w*tokens?|api_?keys?|(?:access|secret|private|auth|client|signing|encryption|service|account|session|license)_?keys?|credentials?|creds|cookies?|jwt|bearer|authorization)$/u;
const WEAK = /(?:^|_)(?:\w*keys?|auth|pat|dsn|pwd|pass|sid|session)$/u;

/** Files that hold credentials and little else. */
const FILE =
  /^(?:\.env(?:\..*)?|\.?netrc|\.npmrc|\.pypirc|\.git-credentials|id_(?:rsa|dsa|ecdsa|ed25519).*|authorized_keys|hosts\.ya?ml|auth\.(?:json|toml|ya?ml|encrypted|v\d.*)|google_accounts\.json|.*(?:credential|secret|oauth|token|cookie|passw).*\.(?:json|jsonc|ya?ml|toml|txt|ini|env|db|encrypted)|\.?credentials?|\.?secrets?|.*\.(?:pem|key|p12|pfx|jks|keystore|kdbx|asc|gpg|age|ppk|sqlite3?|db|db-wal|db-shm|encrypted))$/iu;

/** Whether a file's name says that it holds credentials. */
export function isCredentialFile(name: string): boolean {
  return FILE.test(name);
}

/** Whether a text has a credential in it. */
export function hasCredential(text: string): boolean {
  return text.match(TOKEN) !== null || ADDRESS.test(text);
}

/** The text with what it shows of credentials taken out, and how many those were. */
export function withoutCredentials(text: string): {
  readonly text: string;
  readonly count: number;
} {
  let count = 0;
  const cover = (): string => {
    count += 1;
    return REMOVED;
  };
  const clean = text.replace(TOKEN, cover).replace(new RegExp(ADDRESS, 'giu'), (found) => {
    const head = found.startsWith('://') ? '://' : found.slice(0, found.indexOf('=') + 1);
    return `${head}${cover()}${found.startsWith('://') ? '@' : ''}`;
  });
  return { text: clean, count };
}

/** Stands where a credential was and something must stand. */
export const REMOVED = 'REMOVED-BY-CT';

/** Whether a value under this name is a credential; a reference to a variable is none. */
export function isCredential(name: string, value: string): boolean {
  if (value === '' || isReference(value)) return false;
  const words = snake(name);
  if (hasCredential(value)) return true;
  if (STRONG.test(words)) return value.length >= 4 && !/^(?:true|false|none|null)$/iu.test(value);
  return WEAK.test(words) && looksRandom(value);
}

/** Whether text is a long word that nobody would type: letters and digits mixed, no path, no sentence. */
export function looksRandom(value: string): boolean {
  if (!/^[\w+=.~:-]{20,}$/u.test(value) || !/\d/u.test(value) || !/[a-z]/iu.test(value))
    return false;
  const seen = new Map<string, number>();
  for (const char of value) seen.set(char, (seen.get(char) ?? 0) + 1);
  const bits = [...seen.values()].reduce((sum, count) => {
    const share = count / value.length;
    return sum - share * Math.log2(share);
  }, 0);
  return bits >= 3.3;
}

/** `${NAME}`, `$NAME`, `{env:NAME}`: names a variable and gives nothing away. */
function isReference(value: string): boolean {
  return /^(?:Bearer |token )?(?:\$\{[^}]*\}|\$\w+|\{(?:env|file):[^}]*\}|<[^>]*>)$/iu.test(value);
}

/** `apiKey`, `API-KEY` and `api_key` are one name. */
function snake(name: string): string {
  // The end tells; a name of a megabyte is a trick.
  return name
    .slice(-120)
    .replace(/([a-z0-9])([A-Z])/gu, '$1_$2')
    .replace(/[^A-Za-z0-9]+/gu, '_')
    .toLowerCase();
}
