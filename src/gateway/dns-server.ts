import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer, type Server, type Socket } from 'node:net';
import type { RawSocket } from '../host/handed-sockets.ts';

/** Answers one message; `undefined` to say nothing. */
export type DnsResponder = (
  message: Buffer,
  transport: 'udp' | 'tcp',
) => Promise<Uint8Array | undefined> | Uint8Array | undefined;

const TCP_IDLE_MS = 10_000;
const MAX_TCP_CONNECTIONS = 32;
const MAX_MESSAGE = 4096;
/** Questions of one TCP connection whose answers are not read yet */
const MAX_UNREAD_BYTES = 256 * 1024;

/** A session's resolver, on sockets that were made in its network namespace. */
export class DnsServer {
  readonly #udp: UdpSocket;
  readonly #tcp: Server;
  readonly #open = new Set<Socket>();
  #isClosed = false;

  constructor(udp: RawSocket, tcp: RawSocket, respond: DnsResponder) {
    this.#udp = createSocket('udp4');
    this.#udp.on('error', () => undefined);
    this.#udp.on('message', (message, { address, port }) => {
      void answered(respond, message, 'udp').then((answer) => {
        // An answer may take longer than the session. Who asked may be gone too; that is his affair.
        if (answer === undefined || this.#isClosed) return;
        this.#udp.send(answer, port, address, () => undefined);
      });
    });
    this.#udp.bind(udp as never);
    this.#tcp = createServer((socket) => this.#onConnection(socket, respond));
    this.#tcp.maxConnections = MAX_TCP_CONNECTIONS;
    this.#tcp.listen(tcp);
  }

  close(): void {
    this.#isClosed = true;
    this.#udp.close();
    this.#tcp.close();
    for (const socket of this.#open) socket.destroy();
  }

  /** Messages with their length in front. Source: RFC 7766 */
  #onConnection(socket: Socket, respond: DnsResponder): void {
    this.#open.add(socket);
    let rest = Buffer.alloc(0);
    socket.setTimeout(TCP_IDLE_MS, () => socket.destroy());
    socket.on('error', () => socket.destroy()).on('close', () => this.#open.delete(socket));
    socket.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
        const message = rest.subarray(2, 2 + rest.readUInt16BE(0));
        rest = rest.subarray(2 + message.length);
        void answered(respond, message, 'tcp').then((answer) => {
          if (socket.writableLength > MAX_UNREAD_BYTES) socket.destroy();
          if (answer !== undefined && socket.writable) socket.write(framed(answer));
        });
      }
      if (rest.length >= 2 && rest.readUInt16BE(0) > MAX_MESSAGE) socket.destroy();
    });
  }
}

/** A question that cannot be answered gets no answer: this process serves other sessions too. */
async function answered(
  respond: DnsResponder,
  message: Buffer,
  transport: 'udp' | 'tcp',
): Promise<Uint8Array | undefined> {
  try {
    return await respond(message, transport);
  } catch {
    return undefined;
  }
}

function framed(message: Uint8Array): Buffer {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(message.length);
  return Buffer.concat([head, message]);
}
