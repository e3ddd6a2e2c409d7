import { describe, expect, it } from 'vitest';
import {
  asksForWebSocket,
  hasBody,
  refusal,
  travelling,
  type RequestHead,
} from '../../src/gateway/http-rules.ts';

function head(change: Partial<RequestHead> = {}, ...headers: string[]): RequestHead {
  const rawHeaders = headers.length > 0 ? headers : ['Host', 'www.example.test'];
  return {
    method: 'GET',
    url: '/',
    rawHeaders,
    httpVersionMajor: 1,
    httpVersionMinor: 1,
    ...change,
  };
}

const judge = (one: RequestHead): string | undefined => refusal(one, 'www.example.test');

describe('a request for the name behind its address', () => {
  it.each(['www.example.test', 'WWW.Example.Test', 'www.example.test:80', 'www.example.test.'])(
    'passes with the Host %s',
    (host) => {
      expect(judge(head({}, 'Host', host))).toBeUndefined();
    },
  );

  it('passes with one length, or chunked', () => {
    const host = ['Host', 'www.example.test'];
    expect(judge(head({ method: 'POST' }, ...host, 'Content-Length', '12'))).toBeUndefined();
    expect(
      judge(head({ method: 'POST' }, ...host, 'Transfer-Encoding', 'Chunked')),
    ).toBeUndefined();
    expect(judge(head({ method: 'OPTIONS', url: '*' }))).toBeUndefined();
  });
});

describe('a request that could be read in two ways', () => {
  const host = ['Host', 'www.example.test'];
  it.each([
    ['another Host', head({}, 'Host', 'evil.test')],
    ['two Hosts', head({}, ...host, 'host', 'www.example.test')],
    ['no Host', head({}, 'Accept', '*/*')],
    ['a Host with another port', head({}, 'Host', 'www.example.test:8080')],
    ['a Host with a user', head({}, 'Host', 'a@www.example.test')],
    ['an absolute target', head({ url: 'http://www.example.test/' })],
    ['CONNECT', head({ method: 'CONNECT', url: 'evil.test:443' })],
    ['TRACE', head({ method: 'TRACE' })],
    ['two lengths', head({}, ...host, 'Content-Length', '1', 'content-length', '1')],
    ['both lengths', head({}, ...host, 'Content-Length', '1', 'Transfer-Encoding', 'chunked')],
    ['another coding', head({}, ...host, 'Transfer-Encoding', 'gzip, chunked')],
    ['a Connection that names the coding', head({}, ...host, 'Connection', 'x, Transfer-Encoding')],
    ['a Connection that names the Host', head({}, ...host, 'Connection', 'host')],
    ['a length that is none', head({}, ...host, 'Content-Length', '+5')],
    [
      'a coding in HTTP/1.0',
      head({ httpVersionMinor: 0 }, ...host, 'Transfer-Encoding', 'chunked'),
    ],
  ])('is refused: %s', (_what, one) => {
    expect(judge(one)).toBeTypeOf('string');
  });
});

describe('headers that travel on', () => {
  it('are without those of this hop and those that Connection names, in their order', () => {
    const raw = [
      'Host',
      'a',
      'Connection',
      'x-one, close',
      'X-One',
      '1',
      'X-Two',
      '2',
      'TE',
      'gzip',
    ];
    expect(travelling([...raw, 'Upgrade', 'h2c', 'HTTP2-Settings', 'x'])).toEqual([
      'Host',
      'a',
      'X-Two',
      '2',
    ]);
  });

  it('keep Host and the length, whatever Connection says', () => {
    const named = 'host, content-length, transfer-encoding';
    const framed = ['Host', 'a', 'Content-Length', '3', 'Transfer-Encoding', 'chunked'];
    expect(travelling([...framed, 'Connection', named])).toEqual(framed);
  });
});

describe('an upgrade', () => {
  it('is passed on for a WebSocket alone', () => {
    expect(asksForWebSocket(head({}, 'Upgrade', 'WebSocket'))).toBe(true);
    expect(asksForWebSocket(head({}, 'Upgrade', 'h2c'))).toBe(false);
    expect(asksForWebSocket(head({}, 'Upgrade', 'websocket', 'Upgrade', 'h2c'))).toBe(false);
    expect(asksForWebSocket(head({ method: 'POST' }, 'Upgrade', 'websocket'))).toBe(false);
  });

  it('has a body when a length or a coding says so', () => {
    expect(hasBody(head({}, 'Content-Length', '0'))).toBe(false);
    expect(hasBody(head({}, 'Content-Length', '1'))).toBe(true);
    expect(hasBody(head({}, 'Transfer-Encoding', 'chunked'))).toBe(true);
  });
});
