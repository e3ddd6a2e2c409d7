import type { IncomingMessage } from 'node:http';
import { printable } from '../../base/text.ts';
import { PULL_FAILURES } from '../pull-failures.ts';
import type { Challenge } from './challenge.ts';
import type { Credentials } from './credentials.ts';
import { answerError, brokenImage, registryError } from './failures.ts';
import { readWhole, type Request } from './wire.ts';

const MAX_TOKEN_BYTES = 256 * 1024;

/** For what a token is wanted. */
export interface TokenWish {
  /** Origin of the registry that sends us to the token server */
  readonly registry: URL;
  readonly repository: string;
  readonly credentials: Credentials | undefined;
}

/**
 * Fetches a token from the server that a registry names, for reading one repository and nothing else.
 *
 * The login goes where the registry says, as the protocol has it, but never over a connection that is
 * less protected than the one to the registry.
 *
 * Errors: unauthenticated · unavailable · failed_precondition for an answer without a token
 * Source: distribution, "Token Authentication Specification", "Oauth2 Token Authentication"
 */
export async function fetchToken(
  { parameters }: Challenge,
  wish: TokenWish,
  send: (request: Request) => Promise<IncomingMessage>,
): Promise<string> {
  const { registry } = wish;
  const realm = realmOf(parameters['realm'] ?? '', registry);
  const scope = `repository:${wish.repository}:pull`;
  const answer = await send(tokenRequest(realm, { service: parameters['service'], scope }, wish));
  const status = answer.statusCode ?? 0;
  if (status !== 200) {
    answer.destroy();
    const words = status < 500 ? 'unauthorized: the token server refuses the login' : '';
    // Whatever this server does not like is about who asks.
    throw answerError(realm.host, status === 400 || status === 404 ? 401 : status, words);
  }
  const body = await readWhole(answer, MAX_TOKEN_BYTES, realm.host);
  return tokenIn(body.toString()) ?? fail(realm);
}

function fail(realm: URL): never {
  throw brokenImage(realm.host, 'an answer without a token');
}

function realmOf(text: string, registry: URL): URL {
  const realm = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe = realm?.protocol === 'https:' || realm?.protocol === registry.protocol;
  if (realm !== undefined && isSafe && /^https?:$/u.test(realm.protocol)) {
    [realm.username, realm.password, realm.hash] = ['', '', ''];
    return realm;
  }
  throw registryError(
    registry.host,
    { ...PULL_FAILURES.login, code: 'failed_precondition', hint: 'ask whoever runs the registry' },
    `${printable(registry.host)} sends to '${printable(text.slice(0, 200))}' for a token, where ct sends no login`,
  );
}

function tokenRequest(
  realm: URL,
  asked: { readonly service: string | undefined; readonly scope: string },
  { credentials }: TokenWish,
): Request {
  const query = new URLSearchParams(realm.search);
  if (asked.service !== undefined) query.set('service', asked.service);
  query.set('scope', asked.scope);
  if (credentials?.kind === 'refresh') {
    query.set('grant_type', 'refresh_token');
    query.set('client_id', 'ct');
    query.set('refresh_token', credentials.token);
    return { url: realm, headers: {}, form: query.toString() };
  }
  if (credentials !== undefined) query.set('account', credentials.user);
  const url = new URL(realm);
  url.search = query.toString();
  return { url, headers: credentials === undefined ? {} : { authorization: basic(credentials) } };
}

/** Source: RFC 7617 */
export function basic({ user, password }: Extract<Credentials, { kind: 'password' }>): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

function tokenIn(body: string): string | undefined {
  try {
    const { token, access_token: other } = JSON.parse(body) as Record<string, unknown>;
    const found = [token, other].find((value) => typeof value === 'string' && value !== '');
    return typeof found === 'string' && /^[\x21-\x7e]+$/u.test(found) ? found : undefined;
  } catch {
    return undefined;
  }
}
