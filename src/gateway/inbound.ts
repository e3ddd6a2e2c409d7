import { createServer, isIP, Socket, type Server } from 'node:net';
import { CtError } from '../base/errors.ts';
import type { RawSocket } from '../host/handed-sockets.ts';
import { breakOff, relay } from './relay.ts';

/** A port of the host that leads to a port of a session. */
export interface Published {
  /** Address of the host to listen on */
  readonly hostAddress: string;
  readonly hostPort: number;
  /** Port of 127.0.0.1 or ::1 inside */
  readonly port: number;
}

/** Makes unconnected sockets inside a session: for IPv4 and for IPv6, as many of each. */
export type SocketSource = (
  count: number,
) => Promise<{ readonly v4: readonly RawSocket[]; readonly v6: readonly RawSocket[] }>;

/** Sockets in store; one of each family is used up by a connection. */
const STORE = 8;
const MAX_CONNECTIONS = 256;

/**
 * Connections from the host to servers inside a session. A socket keeps the network that it was made
 * in, so sockets made inside connect to what listens inside; the other end is an ordinary listener of
 * the host.
 */
export class Inbound {
  readonly #source: SocketSource;
  readonly #servers: Server[] = [];
  readonly #open = new Set<Socket>();
  #v4: RawSocket[] = [];
  #v6: RawSocket[] = [];
  #filling: Promise<void> | undefined;
  #isClosed = false;

  private constructor(source: SocketSource) {
    this.#source = source;
  }

  /** Errors: already_exists when a port of the host is taken; permission_denied for a port below 1024 */
  static async open(published: readonly Published[], source: SocketSource): Promise<Inbound> {
    const inbound = new Inbound(source);
    try {
      await inbound.#fill();
      for (const one of published) await inbound.#listen(one);
      return inbound;
    } catch (thrown) {
      inbound.close();
      throw thrown;
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const server of this.#servers) server.close();
    for (const socket of this.#open) breakOff(socket);
    this.#emptyStore();
  }

  #emptyStore(): void {
    for (const socket of [...this.#v4.splice(0), ...this.#v6.splice(0)]) socket.close();
  }

  #listen({ hostAddress, hostPort, port }: Published): Promise<void> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (outside) => {
      this.#open.add(outside);
      outside.on('error', () => undefined).once('close', () => this.#open.delete(outside));
      void this.#join(outside, port);
    });
    server.maxConnections = MAX_CONNECTIONS;
    this.#servers.push(server);
    return new Promise((resolve, reject) => {
      server.once('error', (error) => reject(listenError(error, hostAddress, hostPort)));
      server.listen({ host: hostAddress, port: hostPort, ipv6Only: isIP(hostAddress) === 6 }, () =>
        resolve(),
      );
    });
  }

  /** Development servers listen on either loopback: the other is tried as well. */
  async #join(outside: Socket, port: number): Promise<void> {
    try {
      const inside =
        (await connectInside(await this.#take('v4'), '127.0.0.1', port)) ??
        (await connectInside(await this.#take('v6'), '::1', port));
      if (inside === undefined) return breakOff(outside);
      await relay(inside, outside);
    } catch {
      breakOff(outside);
    }
  }

  async #take(family: 'v4' | 'v6'): Promise<RawSocket> {
    const store = family === 'v4' ? this.#v4 : this.#v6;
    // Others may take what a filling brought: then it is filled again.
    for (let tries = 0; store.length === 0 && tries < MAX_CONNECTIONS; tries += 1) {
      await this.#fill();
    }
    if (store.length <= STORE / 2) this.#fill().catch(() => undefined);
    const socket = store.shift();
    if (socket === undefined) throw new Error('the session has no socket left');
    return socket;
  }

  #fill(): Promise<void> {
    // The session's namespaces are let go of: their numbers may be those of another's by now.
    if (this.#isClosed) return Promise.reject(new Error('the session is over'));
    this.#filling ??= this.#source(STORE)
      .then(({ v4, v6 }) => {
        this.#v4.push(...v4);
        this.#v6.push(...v6);
        if (this.#isClosed) this.#emptyStore();
      })
      .finally(() => (this.#filling = undefined));
    return this.#filling;
  }
}

function connectInside(raw: RawSocket, host: string, port: number): Promise<Socket | undefined> {
  const socket = new Socket({ handle: raw, allowHalfOpen: true } as ConstructorParameters<
    typeof Socket
  >[0]);
  return new Promise((resolve) => {
    socket.once('error', () => resolve(undefined));
    socket.connect({ host, port }, () => resolve(socket.setNoDelay(true)));
  });
}

function listenError(error: Error, address: string, port: number): CtError {
  const { code } = error as NodeJS.ErrnoException;
  const where = isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
  if (code === 'EADDRINUSE') {
    return new CtError('already_exists', `port ${where} of this host is taken`, {
      hint: 'publish another one: -p <host port>:<port inside>',
    });
  }
  if (code === 'EACCES') {
    return new CtError('permission_denied', `ports below 1024 of this host are root's: ${where}`, {
      hint: `publish another one: -p ${port + 8000}:<port inside>`,
    });
  }
  return new CtError('failed_precondition', `cannot listen on ${where}: ${error.message}`, {
    cause: error,
  });
}
