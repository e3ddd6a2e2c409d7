import type { IncomingMessage } from 'node:http';

/** Headers that speak to the next hop only. Source: RFC 9110 section 7.6.1 */
const HOP_BY_HOP = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization'],
  ...['te', 'trailer', 'upgrade', 'http2-settings'],
]);

/** Headers that say whom a message is for and where it ends: without one, what follows is read as another message. */
const OF_THE_MESSAGE = new Set(['host', 'content-length', 'transfer-encoding']);

/** What the rules of port 80 look at. */
export type RequestHead = Pick<
  IncomingMessage,
  'method' | 'url' | 'rawHeaders' | 'httpVersionMajor' | 'httpVersionMinor'
>;

/**
 * Why a request may not be passed on to `name`; `undefined` when it may. Every request of a
 * connection is asked about, so a second one for another host has no better chance than the first.
 *
 * A request that two programs could read in two ways is refused: two Hosts, an absolute target, both
 * framings, a Connection that names what a message is read by.
 * Source: RFC 9112 sections 3.2, 6.1, 6.3; RFC 9110 section 7.6.1; CWE-444
 */
export function refusal(head: RequestHead, name: string): string | undefined {
  const hosts = valuesOf(head.rawHeaders, 'host');
  const [host] = hosts;
  if (host === undefined || hosts.length !== 1) return 'a request needs exactly one Host';
  if (!isHost(host, name)) return `the Host is not ${name}`;
  if (head.method === 'CONNECT' || head.method === 'TRACE') return `no ${head.method}`;
  const url = head.url ?? '';
  if (!url.startsWith('/') && !(url === '*' && head.method === 'OPTIONS')) {
    return 'the target is not a path';
  }
  if (connectionWords(head.rawHeaders).some((word) => OF_THE_MESSAGE.has(word))) {
    return 'Connection names what every hop needs';
  }
  return framing(head);
}

function framing({ rawHeaders, httpVersionMajor, httpVersionMinor }: RequestHead) {
  const codings = valuesOf(rawHeaders, 'transfer-encoding');
  const lengths = valuesOf(rawHeaders, 'content-length');
  if (codings.length > 1 || lengths.length > 1) return 'the length is given twice';
  if (codings.length + lengths.length > 1) return 'the length is given in two ways';
  if (codings.length === 1 && codings[0]?.trim().toLowerCase() !== 'chunked') {
    return 'the only transfer coding is chunked';
  }
  if (codings.length === 1 && httpVersionMajor === 1 && httpVersionMinor === 0) {
    return 'HTTP/1.0 has no transfer codings';
  }
  if (lengths.length === 1 && !/^\d{1,15}$/u.test(lengths[0] ?? ''))
    return 'the length is no number';
  return undefined;
}

function isHost(value: string, name: string): boolean {
  return value.trim().toLowerCase().replace(/:80$/u, '').replace(/\.$/u, '') === name;
}

/** Values of a header, as they came. */
export function valuesOf(rawHeaders: readonly string[], header: string): readonly string[] {
  return rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === header,
  );
}

/**
 * The headers that travel on, name and value in turn: without those of this hop, and without any that
 * Connection names. `Transfer-Encoding` is written anew by whoever sends the message.
 */
export function travelling(rawHeaders: readonly string[]): string[] {
  // Nobody may make the proxy drop what it was asked to check, or how long a message is.
  const dropped = new Set(
    [...HOP_BY_HOP, ...connectionWords(rawHeaders)].filter((word) => !OF_THE_MESSAGE.has(word)),
  );
  const kept: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const [header = '', value = ''] = rawHeaders.slice(index, index + 2);
    if (!dropped.has(header.toLowerCase())) kept.push(header, value);
  }
  return kept;
}

/** The headers that Connection names, in lower case. */
function connectionWords(rawHeaders: readonly string[]): readonly string[] {
  return valuesOf(rawHeaders, 'connection').flatMap((value) =>
    value.split(',').map((word) => word.trim().toLowerCase()),
  );
}

/** Whether a request asks for a WebSocket, the one upgrade that is passed on. Source: RFC 6455 section 4.1 */
export function asksForWebSocket(head: RequestHead): boolean {
  const [upgrade, ...more] = valuesOf(head.rawHeaders, 'upgrade');
  return (
    head.method === 'GET' && more.length === 0 && upgrade?.trim().toLowerCase() === 'websocket'
  );
}

/** Whether a body follows the head. */
export function hasBody({ rawHeaders }: RequestHead): boolean {
  const [length] = valuesOf(rawHeaders, 'content-length');
  return (
    valuesOf(rawHeaders, 'transfer-encoding').length > 0 ||
    (length !== undefined && Number(length) !== 0)
  );
}
