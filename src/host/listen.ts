import type { Server } from 'node:net';

/** What `Server.listen` calls when it has found out that this process is not a worker of `node:cluster`. */
interface Direct {
  _listen2?(path: string, port: -1, addressType: -1, backlog: number): void;
}

/** As Node does it where nothing else is said; the kernel's bound is below. Source: listen(2) */
const BACKLOG = 511;

/**
 * Has a server listen at a path, or at a name of the abstract namespace; resolves when it does.
 *
 * `Server.listen` loads `node:cluster` for a question that has one answer here, and with it what starts processes and
 * sends datagrams: four to eight milliseconds, which a run has before its first request. A Node without the inner
 * function does it the long way.
 *
 * Errors: what `Server.listen` emits, EADDRINUSE for one
 */
export async function listenAt(server: Server, path: string): Promise<void> {
  const direct = (server as Server & Direct)._listen2;
  await new Promise<void>((resolve, reject) => {
    // It stays: without a listener a connection that cannot be accepted, for want of descriptors, would end this process.
    server.on('error', reject);
    server.once('listening', resolve);
    if (direct === undefined) server.listen(path);
    else direct.call(server, path, -1, -1, BACKLOG);
  });
}
