import { connect, isIP, type Socket } from 'node:net';
import { CtError } from '../base/errors.ts';
import { isInBlock, parseAddress, parseBlock } from '../network/address.ts';

/** A proxy of the host, by which connections leave. */
export interface Proxy {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** Value of Proxy-Authorization; never shown */
  readonly authorization: string | undefined;
}

/** The host's proxies as its programs find them. */
export interface ProxySettings {
  /** For connections that carry TLS, and everything else but port 80 */
  readonly https: Proxy | undefined;
  readonly http: Proxy | undefined;
  /** Entries of NO_PROXY, lower case */
  readonly exceptions: readonly string[];
}

const DEADLINE_MS = 15_000;
const MAX_ANSWER_BYTES = 16 * 1024;

/**
 * The proxy settings in an environment. Source: curl(1) "ENVIRONMENT"; names in lower case win, and
 * HTTP_PROXY in upper case is read as well (there is no CGI here).
 *
 * Errors: invalid_config for a value that is no proxy address
 */
export function readProxySettings(env: NodeJS.ProcessEnv): ProxySettings {
  const value = (name: string): string | undefined => env[name] ?? env[name.toUpperCase()];
  const all = value('all_proxy');
  return {
    https: parseProxy(value('https_proxy') ?? all),
    http: parseProxy(value('http_proxy') ?? all),
    exceptions: (value('no_proxy') ?? '')
      .split(/[\s,]+/u)
      .map((entry) => entry.toLowerCase())
      .filter((entry) => entry !== ''),
  };
}

function parseProxy(text: string | undefined): Proxy | undefined {
  if (text === undefined || text === '') return undefined;
  const whole = text.includes('://') ? text : `http://${text}`;
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new CtError(
      'invalid_config',
      "the host's proxy variable is not an http or https address",
      {
        hint: 'see the variables https_proxy, http_proxy and all_proxy of your shell',
      },
    );
  }
  const tls = url.protocol === 'https:';
  const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return {
    host: url.hostname.replace(/^\[|\]$/gu, ''),
    port: url.port === '' ? (tls ? 443 : 80) : Number(url.port),
    tls,
    authorization: user === ':' ? undefined : `Basic ${Buffer.from(user).toString('base64')}`,
  };
}

/** The proxy for a destination; `undefined` when it is to be reached directly. */
export function proxyFor(settings: ProxySettings, host: string, port: number): Proxy | undefined {
  const proxy = port === 80 ? settings.http : settings.https;
  if (proxy === undefined || settings.exceptions.some((entry) => excepts(entry, host, port)))
    return undefined;
  return proxy;
}

function excepts(entry: string, host: string, port: number): boolean {
  if (entry === '*') return true;
  const [, name = entry, only] = /^(.*[^:]):(\d+)$/u.exec(entry) ?? [];
  if (only !== undefined && Number(only) !== port) return false;
  if (name.includes('/')) return isWithin(host, name);
  const bare = name.replace(/^\*?\./u, '');
  return host === bare || (isIP(host) === 0 && host.endsWith(`.${bare}`));
}

/** Entries may be ranges of addresses, as curl has them since 7.86; a name is in none. */
function isWithin(host: string, range: string): boolean {
  const [block, address] = [parseBlock(range), parseAddress(host)];
  return typeof block === 'object' && address !== undefined && isInBlock(address, block);
}

/**
 * Opens a connection to `host:port` through the proxy.
 *
 * Errors: unavailable when the proxy is away or says no; its own words are in the message
 * Source: RFC 9110 section 9.3.6 (CONNECT)
 */
export async function dialThroughProxy(proxy: Proxy, host: string, port: number): Promise<Socket> {
  const socket = await openProxy(proxy);
  const authority = isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
  const lines = [`CONNECT ${authority} HTTP/1.1`, `Host: ${authority}`];
  if (proxy.authorization !== undefined) lines.push(`Proxy-Authorization: ${proxy.authorization}`);
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  try {
    const status = await readStatus(socket);
    if (/^HTTP\/1\.[01] 2\d\d(?: |$)/u.test(status)) return socket;
    throw proxyError(proxy, `says '${status.slice(0, 100)}'`);
  } catch (thrown) {
    socket.destroy();
    throw thrown;
  }
}

/**
 * A connection to the proxy itself, for requests that name their host each: plain HTTP, for which many a
 * proxy allows no CONNECT.
 *
 * Errors: unavailable when the proxy is away
 */
export async function openProxy(proxy: Proxy): Promise<Socket> {
  const { host, port } = proxy;
  const plain = connect({ host, port, allowHalfOpen: true, noDelay: true });
  const socket = proxy.tls
    ? process
        .getBuiltinModule('tls')
        .connect({ socket: plain, ...(isIP(host) === 0 ? { servername: host } : {}) })
    : plain;
  const timer = setTimeout(() => socket.destroy(new Error('no answer')), DEADLINE_MS);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once(proxy.tls ? 'secureConnect' : 'connect', resolve);
      socket.once('error', (error) => reject(proxyError(proxy, error.message)));
    });
    return socket;
  } finally {
    clearTimeout(timer);
  }
}

/** Status line of the answer; what follows the header block stays in the socket. */
async function readStatus(socket: Socket): Promise<string> {
  let text = Buffer.alloc(0);
  return new Promise((resolve, reject) => {
    const done = (work: () => void): void => {
      clearTimeout(timer);
      socket.off('data', onData).off('end', onEnd).off('error', onEnd);
      socket.pause();
      work();
    };
    const onData = (chunk: Buffer): void => {
      text = Buffer.concat([text, chunk]);
      const end = text.indexOf('\r\n\r\n');
      if (end < 0 && text.length < MAX_ANSWER_BYTES) return;
      done(() => {
        if (end < 0) return reject(new CtError('unavailable', "the proxy's answer has no end"));
        if (text.length > end + 4) socket.unshift(text.subarray(end + 4));
        resolve(text.subarray(0, text.indexOf('\r\n')).toString('latin1'));
      });
    };
    const onEnd = (): void =>
      done(() => reject(new CtError('unavailable', 'the proxy hung up without an answer')));
    const timer = setTimeout(onEnd, DEADLINE_MS);
    socket.on('data', onData).on('end', onEnd).on('error', onEnd);
  });
}

function proxyError(proxy: Proxy, why: string): CtError {
  return new CtError('unavailable', `the host's proxy ${proxy.host}:${proxy.port} ${why}`);
}
