import { readFileSync } from 'node:fs';
import { CtError } from '../../base/errors.ts';
import { printable } from '../../base/text.ts';
import type { Account } from './account.ts';
import { objectOf } from './json.ts';
import { namesFor } from './reference.ts';

/** A login at a registry; never shown. */
export type Credentials =
  | { readonly kind: 'password'; readonly user: string; readonly password: string }
  /** What a token server takes in a password's place */
  | { readonly kind: 'refresh'; readonly token: string };

/** What the user's files say about a registry. */
export interface Login {
  readonly credentials: Credentials | undefined;
  /** A program that the files name for this registry and that ct does not ask */
  readonly helper: string | undefined;
}

interface AuthFile {
  readonly auths: Readonly<Record<string, unknown>>;
  readonly credHelpers: Readonly<Record<string, unknown>>;
  readonly credsStore: unknown;
}

/**
 * The user's login for a repository, from where `podman login`, `skopeo login` and `docker login` keep
 * it. The first file that has one wins; in a file the longest name does.
 *
 * Errors: failed_precondition for a file that cannot be read, without a word of what is in it
 * Source: containers-auth.json(5)
 */
export function findLogin(registry: string, repository: string, account: Account): Login {
  let helper: string | undefined;
  for (const path of authFiles(account)) {
    const file = readAuthFile(path);
    if (file === undefined) continue;
    const credentials = namesFor(registry, repository)
      .map((name) => credentialsIn(file, name))
      .find((found) => found !== undefined);
    if (credentials !== undefined) return { credentials, helper: undefined };
    helper ??= helperIn(file, registry);
  }
  return { credentials: undefined, helper };
}

function authFiles({ env, home, runtimeDir }: Account): readonly string[] {
  const named = env['REGISTRY_AUTH_FILE'];
  if (named !== undefined && named !== '') return [named];
  const configDir = env['XDG_CONFIG_HOME'] ?? '';
  return [
    `${runtimeDir}/containers/auth.json`,
    `${configDir.startsWith('/') ? configDir : `${home}/.config`}/containers/auth.json`,
    `${env['DOCKER_CONFIG'] ?? `${home}/.docker`}/config.json`,
  ];
}

function readAuthFile(path: string): AuthFile | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(path, String((thrown as NodeJS.ErrnoException).code));
  }
  try {
    const { auths, credHelpers, credsStore } = objectOf(JSON.parse(text));
    return { auths: objectOf(auths), credHelpers: objectOf(credHelpers), credsStore };
  } catch {
    // The parser's own words would quote the file.
    throw unreadable(path, 'it is no JSON');
  }
}

function unreadable(path: string, why: string): CtError {
  return new CtError(
    'failed_precondition',
    `cannot read the logins in ${printable(path)}: ${why}`,
    {
      hint: 'write it anew: podman login REGISTRY',
    },
  );
}

function credentialsIn(file: AuthFile, name: string): Credentials | undefined {
  const entry =
    Object.entries(file.auths).find(([key]) => key === name) ??
    Object.entries(file.auths).find(([key]) => registryOfKey(key) === name);
  const { auth, identitytoken } = objectOf(entry?.[1]);
  if (typeof identitytoken === 'string' && identitytoken !== '') {
    return { kind: 'refresh', token: identitytoken };
  }
  if (typeof auth !== 'string') return undefined;
  const plain = Buffer.from(auth, 'base64').toString().replace(/\0+$/u, '');
  const colon = plain.indexOf(':');
  if (colon <= 0) return undefined;
  return { kind: 'password', user: plain.slice(0, colon), password: plain.slice(colon + 1) };
}

/** Docker writes addresses (`https://index.docker.io/v1/`) where others write names. */
function registryOfKey(key: string): string {
  const [host = ''] = key.replace(/^https?:\/\//u, '').split('/');
  const isAddress = /^https?:\/\//u.test(key) || /\/v[12]\/?$/u.test(key);
  if (!isAddress && key.includes('/')) return key;
  return ['index.docker.io', 'registry-1.docker.io'].includes(host) ? 'docker.io' : host;
}

function helperIn({ credHelpers, credsStore }: AuthFile, registry: string): string | undefined {
  const named = Object.entries(credHelpers).find(([key]) => registryOfKey(key) === registry)?.[1];
  return [named, credsStore].find(
    (word): word is string => typeof word === 'string' && word !== '',
  );
}
