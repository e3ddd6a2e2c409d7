import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a server on loopback that counts what comes from there, and can be cut. */
export interface Relay {
  readonly port: number;
  /** `bytes` that came from the server and were passed on */
  received(): number;
  /** The next connection over which so many bytes have come is cut, once. */
  cutAfter(bytes: number): void;
  cuts(): number;
  close(): void;
}

/** Starts one on a port of its own. */
export async function startRelay(to: number): Promise<Relay> {
  const sockets = new Set<Socket>();
  let received = 0;
  let limit = Number.POSITIVE_INFINITY;
  let cuts = 0;
  const server = createServer((client) => {
    const behind = connect(to, '127.0.0.1');
    let seen = 0;
    for (const socket of [client, behind]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => (client.destroy(), behind.destroy()));
    }
    client.pipe(behind).pipe(client);
    behind.on('data', (chunk: Buffer) => {
      received += chunk.length;
      seen += chunk.length;
      if (seen < limit) return;
      limit = Number.POSITIVE_INFINITY;
      cuts += 1;
      client.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    received: () => received,
    cutAfter: (bytes) => (limit = bytes),
    cuts: () => cuts,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
