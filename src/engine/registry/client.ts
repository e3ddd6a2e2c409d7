import type { IncomingMessage } from 'node:http';
import { CtError, isCtError } from '../../base/errors.ts';
import { printable } from '../../base/text.ts';
import { readProxySettings } from '../../gateway/proxy.ts';
import type { Account } from './account.ts';
import { certificatesFor } from './certificates.ts';
import { parseChallenges } from './challenge.ts';
import { findLogin, type Login } from './credentials.ts';
import { answerError, brokenImage, mayPass, wordsOf } from './failures.ts';
import type { Place } from './places.ts';
import { apiHost } from './reference.ts';
import { basic, fetchToken } from './token.ts';
import { Wire, readWhole, type Request } from './wire.ts';

const MAX_REDIRECTS = 5;
const MAX_PROBLEM_BYTES = 64 * 1024;

interface Answer {
  readonly message: IncomingMessage;
  /** Who gave it, after all redirects */
  readonly url: URL;
}

/**
 * Reads one repository of a registry. Asks without a login first and logs in when it is told to, in the
 * way that the registry names.
 *
 * Errors: not_found · unauthenticated · unavailable · failed_precondition
 * Source: distribution-spec "Pull"; RFC 9110 sections 11 and 15.4
 */
export class RegistryClient {
  /** For messages */
  readonly host: string;
  readonly #wire: Wire;
  readonly #place: Place;
  readonly #login: Login;
  #origin: URL;
  #authorization: string | undefined;

  constructor(place: Place, account: Account, signal: AbortSignal | undefined) {
    this.host = place.registry;
    this.#place = place;
    this.#origin = new URL(`https://${apiHost(place.registry)}`);
    this.#login = findLogin(place.registry, place.repository, account);
    this.#wire = new Wire({
      registry: place.registry,
      certificates: certificatesFor(place.registry, account),
      insecure: place.insecure,
      proxies: readProxySettings(account.env),
      signal,
    });
  }

  /** A registry that the user marked as insecure may speak plain HTTP: found out by asking. */
  async settle(): Promise<void> {
    if (!this.#place.insecure) return;
    const plain = new URL(`http://${this.#origin.host}`);
    try {
      const { message } = await this.#follow({ url: new URL('/v2/', this.#origin), headers: {} });
      message.destroy();
    } catch (thrown) {
      if (!mayPass(thrown)) throw thrown;
      this.#origin = plain;
    }
  }

  /**
   * Something of the repository: `manifests/TAG`, `blobs/DIGEST`. Resolves to an answer of success whose
   * body was not read yet.
   */
  async get(what: string, headers: Readonly<Record<string, string>>): Promise<IncomingMessage> {
    try {
      return await this.#get(what, headers);
    } catch (thrown) {
      const { helper } = this.#login;
      if (helper === undefined || !isCtError(thrown, 'unauthenticated')) throw thrown;
      throw new CtError(thrown.code, thrown.message, {
        hint: `ct does not ask the program that keeps your login (docker-credential-${printable(helper)}); for ct: podman login --authfile FILE ${printable(this.host)}, and REGISTRY_AUTH_FILE=FILE`,
        details: thrown.details,
      });
    }
  }

  async #get(what: string, headers: Readonly<Record<string, string>>): Promise<IncomingMessage> {
    const url = new URL(`/v2/${this.#place.repository}/${what}`, this.#origin);
    let answer = await this.#follow({ url, headers });
    if (answer.message.statusCode === 401 && answer.url.origin === this.#origin.origin) {
      // Also when a token was there: it may have run out. A second no is one.
      this.#authorization = await this.#authorize(answer.message);
      answer = await this.#follow({ url, headers });
    }
    const { message } = answer;
    const status = message.statusCode ?? 0;
    if (status >= 200 && status < 300) return message;
    throw await this.#refusal(answer);
  }

  close(): void {
    this.#wire.close();
  }

  /** Follows redirects. The login stays with the registry: it goes to no other origin. */
  async #follow(request: Request): Promise<Answer> {
    let { url } = request;
    for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
      const isOwn = url.origin === this.#origin.origin;
      const authorization = isOwn ? this.#authorization : undefined;
      const headers = { ...request.headers, ...(authorization && { authorization }) };
      const message = await this.#wire.send({ url, headers });
      if (![301, 302, 303, 307, 308].includes(message.statusCode ?? 0)) return { message, url };
      message.destroy();
      url = this.#redirected(url, message.headers.location ?? '');
    }
    throw brokenImage(this.host, 'one redirect after the other');
  }

  #redirected(from: URL, location: string): URL {
    const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
    const isSafe = to?.protocol === 'https:' || (this.#place.insecure && to?.protocol === 'http:');
    if (to === undefined || !isSafe) {
      const where = to === undefined ? 'nowhere' : `${to.protocol}//${to.host}`;
      throw brokenImage(this.host, `a redirect to ${printable(where)}`);
    }
    [to.username, to.password] = ['', ''];
    return to;
  }

  async #authorize(answer: IncomingMessage): Promise<string> {
    const challenges = parseChallenges(answer.headers['www-authenticate'] ?? '');
    const { credentials } = this.#login;
    const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
    if (bearer !== undefined) {
      answer.destroy();
      const wish = { registry: this.#origin, repository: this.#place.repository, credentials };
      return `Bearer ${await fetchToken(bearer, wish, (request) => this.#wire.send(request))}`;
    }
    const takesBasic = challenges.some(({ scheme }) => scheme === 'basic');
    if (!takesBasic || credentials?.kind !== 'password') {
      throw await this.#refusal({ message: answer, url: this.#origin });
    }
    answer.destroy();
    return basic(credentials);
  }

  /** A no, in the registry's own words unless they come from elsewhere; the login is not in them. */
  async #refusal({ message, url }: Answer): Promise<Error> {
    const status = message.statusCode ?? 0;
    if (url.origin !== this.#origin.origin) {
      message.destroy();
      if (status === 401) return brokenImage(this.host, 'a redirect to where a login is wanted');
      // What was signed for a while may have run out: the next attempt gets it signed anew.
      return answerError(url.host, status === 403 ? 503 : status, '');
    }
    const body = await readWhole(message, MAX_PROBLEM_BYTES, this.host).catch(() => Buffer.of());
    const words = this.#withoutLogin(wordsOf(body.toString()));
    return answerError(this.host, status, status === 401 && words === '' ? UNAUTHORIZED : words);
  }

  #withoutLogin(text: string): string {
    const { credentials } = this.#login;
    const secrets = [
      this.#authorization?.replace(/^\w+ /u, ''),
      credentials?.kind === 'password' ? credentials.password : credentials?.token,
    ];
    return secrets
      .filter((secret): secret is string => secret !== undefined && secret !== '')
      .reduce((safe, secret) => safe.replaceAll(secret, '***'), text);
  }
}

const UNAUTHORIZED = 'unauthorized: authentication required';
