/** Which of the user's variables cross, by configuration. */
export interface PassRules {
  readonly pass: readonly string[];
  readonly prefixes: readonly string[];
}

/** What crosses, and names that were asked for and do not. */
export interface Passed {
  readonly env: Readonly<Record<string, string>>;
  /** Names that look like credentials, or whose values do */
  readonly withheld: readonly string[];
}

/**
 * Variables that cross from the user's environment: by exact name, and by prefix without it. An exact
 * name wins over a prefix, and of two prefixes the one that stands first in the configuration.
 *
 * Everything here ends in the engine's database, so nothing that looks like a credential crosses; those
 * are granted (`ct secrets grant`).
 */
export function passThrough(
  host: Readonly<Record<string, string | undefined>>,
  rules: PassRules,
): Passed {
  const env: Record<string, string> = {};
  const withheld: string[] = [];
  const take = (outside: string, inside: string): void => {
    const value = host[outside];
    if (value === undefined || !VARIABLE.test(inside)) return;
    if (looksSecret(inside, value)) withheld.push(outside);
    else env[inside] = value;
  };
  const names = Object.keys(host).sort();
  // The last one written wins, so the strongest comes last.
  for (const prefix of [...rules.prefixes].reverse()) {
    for (const name of names) if (name.startsWith(prefix)) take(name, name.slice(prefix.length));
  }
  for (const name of rules.pass) take(name, name);
  return { env, withheld };
}

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]{0,254}$/u;

/** Whether a variable is one that must not cross in the open. */
export function looksSecret(name: string, value: string): boolean {
  return SECRET_NAME.test(name) || SECRET_VALUE.test(value);
}

/** A word of the name says so: the K of `MONKEY` is none. */
const SECRET_NAME =
  /(?:^|_)(?:\w*TOKENS?|\w*KEYS?|\w*SECRETS?|\w*PASSW(?:OR)?DS?|PASS|PASSPHRASE|PWD|CREDENTIALS?|CREDS|AUTH|COOKIES?|JWT|PAT|DSN|BEARER)(?:_|$)/iu;

/**
 * Beginnings of well-known credentials, and addresses with a password in them.
 * Source: the prefixes that the services document (GitHub, GitLab, Slack, AWS, Google, OpenAI, Anthropic)
 */
const SECRET_VALUE =
  /^(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|AKIA[0-9A-Z]{12}|AIza[\w-]{20}|sk-[\w-]{12}|npm_[A-Za-z0-9]{20}|eyJ[\w-]{10,}\.|-----BEGIN )|:\/\/[^/\s:@]*:[^/\s@]+@/u;
