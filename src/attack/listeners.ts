import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Services of the host that ct opens for the session to try: each says a word to whoever comes. */
export interface Listeners {
  readonly port: number;
  readonly abstractName: string;
  /** Addresses of the host beside loopback that the service has; loopback where there is none */
  readonly addresses: readonly string[];
  /** Those who came, by where they came to */
  visitors(): readonly string[];
  close(): Promise<void>;
}

/**
 * Opens one port at every address of the host and one abstract Unix socket. Who comes from another
 * machine is turned away unheard.
 *
 * Source: unix(7) "Abstract sockets"; CVE-2020-15257
 */
export async function openListeners(): Promise<Listeners> {
  const visitors: string[] = [];
  const servers: Server[] = [];
  const own = ownAddresses();
  const serve = async (
    where: { readonly host: string; readonly port: number } | { readonly path: string },
  ) => {
    const name = 'host' in where ? where.host : 'an abstract socket';
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      if (socket.remoteAddress !== undefined && !isOwn(socket.remoteAddress, own)) {
        socket.destroy();
        return;
      }
      visitors.push(name);
      socket.end('ct\n');
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(where, resolve);
    });
    servers.push(server);
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  };
  const port = await serve({ host: '127.0.0.1', port: 0 });
  const abstractName = `ct-attack-${randomBytes(8).toString('hex')}`;
  await serve({ path: `\0${abstractName}` });
  const reached: string[] = [];
  for (const host of ['::1', ...own]) {
    // An address may be without service: no IPv6, or the port taken by somebody else there.
    const isOpen = await serve({ host, port }).then(
      () => true,
      () => false,
    );
    if (isOpen && host !== '::1') reached.push(host);
  }
  return {
    port,
    abstractName,
    addresses: reached.length === 0 ? ['127.0.0.1'] : reached,
    visitors: () => visitors,
    close: async () => {
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

/** Addresses of this host that are neither loopback nor tied to one link. */
function ownAddresses(): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((interfaces) => interfaces ?? [])
    .filter(({ internal, address }) => !internal && !/^(?:fe80|169\.254)/iu.test(address))
    .map(({ address }) => address);
}

function isOwn(remote: string, own: readonly string[]): boolean {
  const plain = remote.replace(/^::ffff:/u, '');
  return plain.startsWith('127.') || plain === '::1' || own.includes(plain);
}
