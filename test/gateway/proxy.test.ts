import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { dialThroughProxy, proxyFor, readProxySettings } from '../../src/gateway/proxy.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

describe('the proxies of an environment', () => {
  it('are found in either case, lower case first, with their credentials', () => {
    const { https, http } = readProxySettings({
      https_proxy: 'http://user:p%40ss@proxy.test:3128',
      HTTPS_PROXY: 'http://other.test',
      HTTP_PROXY: 'plain.test:8080',
    });
    const authorization = `Basic ${Buffer.from('user:p@ss').toString('base64')}`;
    expect(https).toEqual({ host: 'proxy.test', port: 3128, tls: false, authorization });
    expect(http).toEqual({ host: 'plain.test', port: 8080, tls: false, authorization: undefined });
  });

  it('are refused, without showing them, when they are no address', () => {
    expect(() => readProxySettings({ https_proxy: 'socks5://secret@x' })).toThrow(/not an http/u);
  });

  const settings = readProxySettings({
    all_proxy: 'http://proxy.test:3128',
    no_proxy: 'localhost, .corp.test,exact.test:8443 10.1.2.3 192.168.0.0/16',
  });
  it.each([
    ['www.example.test', 443, true],
    ['a.corp.test', 443, false],
    ['corp.test', 443, false],
    ['xcorp.test', 443, true],
    ['exact.test', 8443, false],
    ['exact.test', 443, true],
    ['10.1.2.3', 443, false],
    ['192.168.7.7', 443, false],
    ['192.169.7.7', 443, true],
  ])('serve %s port %i: %s', (host, port, isProxied) => {
    expect(proxyFor(settings, host, port) !== undefined).toBe(isProxied);
  });

  it('serve nothing when the exceptions are a star', () => {
    const none = readProxySettings({ all_proxy: 'http://proxy.test', no_proxy: '*' });
    expect(proxyFor(none, 'www.example.test', 443)).toBeUndefined();
  });
});

describe('a connection through a proxy', () => {
  it('asks for the name, sends the credentials and loses no byte that follows the answer', async () => {
    let asked = '';
    const port = await proxyServer((socket, head) => {
      asked = head;
      socket.write('HTTP/1.1 200 Connection established\r\n\r\nfirst words');
    });
    const proxy = { host: '127.0.0.1', port, tls: false, authorization: 'Basic abc' };
    const socket = await dialThroughProxy(proxy, 'www.example.test', 443);
    const words = await new Promise((resolve) => socket.once('data', resolve).resume());
    socket.destroy();
    expect(String(words)).toBe('first words');
    expect(asked).toContain('CONNECT www.example.test:443 HTTP/1.1\r\n');
    expect(asked).toContain('Proxy-Authorization: Basic abc\r\n');
  });

  it('fails with the words of a proxy that says no', async () => {
    const port = await proxyServer((socket) => socket.end('HTTP/1.1 407 Who are you\r\n\r\n'));
    const proxy = { host: '127.0.0.1', port, tls: false, authorization: undefined };
    await expect(dialThroughProxy(proxy, 'www.example.test', 443)).rejects.toThrow(
      /407 Who are you/u,
    );
  });
});

/** A proxy that answers the head of a request in its own way; resolves to its port. */
function proxyServer(answer: (socket: Socket, head: string) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (head) => answer(socket, head.toString()));
  });
  servers.push(server);
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
}
