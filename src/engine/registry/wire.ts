import type { Agent, IncomingMessage } from 'node:http';
import { connect, isIP, type Socket } from 'node:net';
import { dialThroughProxy, proxyFor, type ProxySettings } from '../../gateway/proxy.ts';
import type { Certificates } from './certificates.ts';
import { brokenImage, wireError } from './failures.ts';

/** How registries are spoken to. */
export interface WireSettings {
  /** Registry on whose behalf: what is said of failures names it */
  readonly registry: string;
  readonly certificates: Certificates;
  /** Certificates are not looked at */
  readonly insecure: boolean;
  readonly proxies: ProxySettings;
  readonly signal: AbortSignal | undefined;
}

/** One request. */
export interface Request {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** A form to post; without it the request is a GET */
  readonly form?: string;
}

/** Until a connection stands, `ms` */
const CONNECT_MS = 20_000;
/** Without a byte, `ms`: the other side is taken for dead */
const IDLE_MS = 60_000;

/**
 * HTTP to registries and to those that they lead to: TLS by the host's authorities, through the host's
 * proxies. Connections are kept for the next request.
 *
 * Errors: unavailable, with the reason
 */
export class Wire {
  readonly #http = process.getBuiltinModule('http');
  readonly #settings: WireSettings;
  readonly #agents = new Map<string, Agent>();

  constructor(settings: WireSettings) {
    this.#settings = settings;
  }

  /** Sends one request; redirects and refusals are answers too. */
  async send(request: Request): Promise<IncomingMessage> {
    try {
      return await this.#send(request);
    } catch (thrown) {
      this.#settings.signal?.throwIfAborted();
      throw wireError(request.url.host, thrown);
    }
  }

  close(): void {
    for (const agent of this.#agents.values()) agent.destroy();
  }

  #send(request: Request, isAgain = false): Promise<IncomingMessage> {
    const { url, headers, form } = request;
    return new Promise((resolve, reject) => {
      const sent = this.#http.request({
        agent: this.#agentFor(url),
        ...{ host: bareHost(url), port: portOf(url), path: `${url.pathname}${url.search}` },
        method: form === undefined ? 'GET' : 'POST',
        headers: {
          ...{ host: url.host, 'user-agent': 'ct', 'accept-encoding': 'identity' },
          ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
          ...headers,
        },
        signal: this.#settings.signal,
      });
      sent.once('response', resolve);
      sent.setTimeout(IDLE_MS, () => sent.destroy(new Error('it does not answer any more')));
      sent.on('error', (error) => {
        // The other side closed a connection that idled, as it may.
        const wasStale = sent.reusedSocket && !isAgain && !this.#isStopped();
        if (wasStale) this.#send(request, true).then(resolve, reject);
        else reject(error);
      });
      sent.end(form);
    });
  }

  #isStopped(): boolean {
    return this.#settings.signal?.aborted === true;
  }

  #agentFor(url: URL): Agent {
    const known = this.#agents.get(url.origin);
    if (known !== undefined) return known;
    const agent = new this.#http.Agent({ keepAlive: true, maxSockets: 2 });
    const createConnection = (
      _options: unknown,
      done: (error: unknown, socket?: Socket) => void,
    ): void => {
      this.#dial(url).then((socket) => done(null, socket), done);
    };
    this.#agents.set(url.origin, Object.assign(agent, { createConnection }));
    return agent;
  }

  async #dial(url: URL): Promise<Socket> {
    const { proxies, insecure, certificates, signal } = this.#settings;
    const [host, port] = [bareHost(url), portOf(url)];
    // As every program has it: what runs on this machine is not asked for elsewhere.
    const proxy = isLoopback(host) ? undefined : proxyFor(proxies, host, port);
    const plain =
      proxy === undefined
        ? await opened(connect({ host, port, noDelay: true }), 'connect', signal)
        : await dialThroughProxy(proxy, host, port);
    if (url.protocol !== 'https:') return plain;
    // The user's own certificate is for his registry alone.
    const own = url.host === this.#settings.registry ? certificates.client : undefined;
    const secured = process.getBuiltinModule('tls').connect({
      ...{ socket: plain, host, rejectUnauthorized: !insecure },
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(certificates.ca === undefined ? {} : { ca: [...certificates.ca] }),
      ...own,
    });
    return opened(secured, 'secureConnect', signal);
  }
}

/** Waits for a connection; what fails to open is closed. */
async function opened<S extends Socket>(
  socket: S,
  event: string,
  signal: AbortSignal | undefined,
): Promise<S> {
  const late = (): void => void socket.destroy(new Error('it does not answer'));
  const stop = (): void => void socket.destroy(new Error('stopped'));
  const timer = setTimeout(late, CONNECT_MS);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once(event, resolve).once('error', reject);
      socket.once('close', () => reject(new Error('it hung up')));
    });
    return socket;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}

/** The whole of an answer that must be small; one that is not is cut off. */
export async function readWhole(
  answer: IncomingMessage,
  maxBytes: number,
  registry: string,
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  try {
    for await (const piece of answer as AsyncIterable<Buffer>) {
      size += piece.length;
      if (size > maxBytes) throw brokenImage(registry, `an answer of more than ${maxBytes} bytes`);
      pieces.push(piece);
    }
  } catch (thrown) {
    throw wireError(registry, thrown);
  } finally {
    answer.destroy();
  }
  return Buffer.concat(pieces);
}

function bareHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/gu, '');
}

function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./u.test(host);
}
