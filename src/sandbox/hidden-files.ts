/** How a file's name speaks of a secret inside. */
export type Suspicion =
  | 'secret'
  /** Only with a key or a token in it: certificates, slides and settings carry such names too */
  | 'if-inside';

/** Names by which example files are told from real ones. */
const EXAMPLE = /(?:^|[._-])(?:example|sample|template|dist|defaults?|schema)(?:[._-]|$)/iu;

/** Keys, and what is called so */
const KEY_ENDINGS = /\.(?:pem|key)$/iu;

/** Names of files that are secrets whatever is in them. */
export const SECRET_NAMES: ReadonlySet<string> = new Set([
  ...['id_rsa', 'id_dsa', 'id_ecdsa', 'id_ecdsa_sk', 'id_ed25519', 'id_ed25519_sk'],
  ...['.netrc', '.git-credentials', '.pgpass', '.pypirc'],
]);

/** Settings of tools, and what in them is a token itself: a reference to a variable is none. */
const TOKENS: readonly (readonly [name: RegExp, inside: RegExp])[] = [
  [/^\.(?:npmrc|yarnrc)$/u, /^[^#;\n]*(?:_authToken|_auth|_password)\s*[= ]\s*"?(?!\$)[^\s"]/mu],
  [/^\.yarnrc\.yml$/u, /^\s*npmAuth(?:Token|Ident):\s*["']?(?!\$)[^\s"'#]/mu],
  [/^credentials$/u, /^\s*aws_secret_access_key\s*=\s*\S/mu],
  [
    /^(?:credentials|client_secret.*|.*service[-_]?account.*)\.json$/iu,
    /"(?:private_key|client_secret|refresh_token)"\s*:\s*"[^"]/u,
  ],
  [/(?:^config|kubeconfig)$/u, /^\s*(?:client-key-data|token):\s*["']?[^\s"'#]/mu],
  [/^auth\.json$/u, /"(?:http-basic|github-oauth|gitlab-token|gitlab-oauth|bearer)"\s*:/u],
];

/** Containers of private keys that hold nothing else. */
const SECRET_ENDINGS = /\.(?:p12|pfx|jks|keystore|ppk|kdbx)$/iu;

/**
 * Whether a file of this name is hidden from agents unless the user names it visible: `.env` and `.env.*` but for
 * examples, private keys, stores of keys, log-ins, and settings of tools that have a token in them.
 */
export function suspicionOf(name: string): Suspicion | undefined {
  if (name === '.env' || (name.startsWith('.env.') && !EXAMPLE.test(name.slice(4))))
    return 'secret';
  if (SECRET_NAMES.has(name) || SECRET_ENDINGS.test(name)) return 'secret';
  return KEY_ENDINGS.test(name) || TOKENS.some(([pattern]) => pattern.test(name))
    ? 'if-inside'
    : undefined;
}

/** Whether the beginning of a file of a suspicious name has what makes it a secret. */
export function holdsSecret(name: string, head: Uint8Array): boolean {
  if (KEY_ENDINGS.test(name)) return holdsPrivateKey(head);
  const text = Buffer.from(head).toString('latin1');
  return TOKENS.some(([pattern, inside]) => pattern.test(name) && inside.test(text));
}

/**
 * Whether the beginning of a file is a private key's: PEM armour of any kind, or the bare DER of one (a
 * sequence with a version 0 or 1 in front).
 *
 * Source: RFC 7468; RFC 5958, RFC 8017 appendix A.1.2
 */
export function holdsPrivateKey(head: Uint8Array): boolean {
  const text = Buffer.from(head).toString('latin1');
  if (/-----BEGIN [A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----/u.test(text)) return true;
  // SEQUENCE, its length in one to three bytes, INTEGER of one byte: the version.
  const version = [2, 3, 4].find((at) => head[at] === 0x02 && head[at + 1] === 0x01);
  return head[0] === 0x30 && version !== undefined && (head[version + 2] ?? 2) <= 1;
}

/** Whether the user named this file visible: by its path in the project, or by its name anywhere. */
export function isVisible(path: string, names: readonly string[]): boolean {
  const base = path.slice(path.lastIndexOf('/') + 1);
  return names.some((name) => [path, base].includes(name.replace(/^\.\//u, '')));
}
