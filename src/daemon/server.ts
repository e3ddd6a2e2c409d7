import { chmodSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { CtError } from '../base/errors.ts';
import { ensurePrivateDir, removeQuietly } from '../host/files.ts';
import { readLine } from '../host/lines.ts';
import { withLock } from '../host/lock.ts';
import { reach } from '../host/reach.ts';
import { runtimeKey } from '../host/runtime-key.ts';
import { encodeLine, errorReply, parseRequest, WIRE_VERSION } from './wire/frames.ts';
import { daemonSocket } from './wire/place.ts';

/** Who asked. */
export interface DaemonClient {
  /** Settles when the client has hung up */
  readonly closed: Promise<void>;
  /** The line, for methods that go on after their answer */
  readonly socket: Socket;
  /** From now on the client may end its half of the line and still be written to */
  keepHalves(): void;
}

/** Answers one method; what it throws is the answer too. */
export type Handler = (params: unknown, client: DaemonClient) => Promise<unknown>;

/** What a service is made of. */
export interface DaemonServerParts {
  readonly runtimeDir: string;
  /** Version of ct: clients of another one are refused */
  readonly version: string;
  readonly handlers: ReadonlyMap<string, Handler>;
  /** A listening socket that systemd passed */
  readonly fd?: number;
}

/** Who connects and asks nothing is let go, `ms` */
const PATIENCE_MS = 5_000;
const MAX_CLIENTS = 256;

/**
 * The socket of the user's service. It lies in a directory that only the account can enter, is readable and
 * writable by the account alone, and every question shows the account's key (see `runtimeKey`).
 */
export class DaemonServer {
  readonly #parts: DaemonServerParts;
  readonly #key: string;
  readonly #clients = new Set<Socket>();
  readonly #server: Server;

  /** Errors: see `ensurePrivateDir` and `runtimeKey` */
  constructor(parts: DaemonServerParts) {
    this.#parts = parts;
    ensurePrivateDir(`${parts.runtimeDir}/ct`);
    this.#key = runtimeKey(parts.runtimeDir);
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket));
  }

  /** Whether somebody waits for something here. */
  get isInUse(): boolean {
    return this.#clients.size > 0;
  }

  /**
   * Begins to listen; `false` when another service does already. A socket that a killed one left is replaced.
   *
   * Errors: failed_precondition when the system refuses the socket
   */
  async listen(): Promise<boolean> {
    const { fd, runtimeDir } = this.#parts;
    if (fd !== undefined) {
      await this.#listen({ fd });
      return true;
    }
    const path = daemonSocket(runtimeDir);
    // Two that start at once must not each remove the other's socket.
    return withLock({ dir: `${runtimeDir}/ct`, name: 'daemon' }, {}, async () => {
      const other = await reach(path);
      other?.destroy();
      if (other !== undefined) return false;
      removeQuietly(path);
      await this.#listen({ path });
      chmodSync(path, 0o600);
      return true;
    });
  }

  /** Stops listening and lets everybody go. A socket of systemd's stays for the next service. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#clients) socket.destroySoon();
    await closed;
  }

  async #listen(where: { readonly path: string } | { readonly fd: number }): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error) => {
        const what = `cannot listen at ${daemonSocket(this.#parts.runtimeDir)}: ${error.message}`;
        reject(new CtError('failed_precondition', what, { cause: error }));
      });
      this.#server.listen(where, () => resolve());
    });
  }

  #accept(socket: Socket): void {
    socket.on('error', () => undefined);
    if (this.#clients.size >= MAX_CLIENTS) return void socket.destroy();
    this.#clients.add(socket);
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    void closed.then(() => this.#clients.delete(socket));
    const hangUp = (): void => void socket.end();
    socket.on('end', hangUp);
    void this.#serve({ closed, socket, keepHalves: () => socket.off('end', hangUp) });
  }

  async #serve(client: DaemonClient): Promise<void> {
    const { socket } = client;
    const { version, handlers } = this.#parts;
    try {
      const line = await readLine(socket, PATIENCE_MS);
      const { method, params } = parseRequest(line, version, this.#key);
      const handler = handlers.get(method);
      if (handler === undefined) {
        throw new CtError('unsupported', `the service has no '${method}'`);
      }
      const result = await handler(params, client);
      socket.write(encodeLine({ v: WIRE_VERSION, ct: version, ok: true, result }));
    } catch (thrown) {
      socket.end(encodeLine(errorReply(version, thrown)));
    }
  }
}
