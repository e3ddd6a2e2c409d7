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

  constructor(udp: RawSocket, tcp: RawSocket, respond: DnsResponder) {
    this.#udp = createSocket('udp4');
    this.#udp.on('error', () => undefined);
    this.#udp.on('message', (message, { address, port }) => {
      void settle(respond(message, 'udp'), (answer) => {
        // Who asked may be gone; that is his affair.
        this.#udp.send(answer, port, address, () => undefined);
      });
    });
    this.#udp.bind(udp as never);
    this.#tcp = createServer((socket) => this.#onConnection(socket, respond));
    this.#tcp.maxConnections = MAX_TCP_CONNECTIONS;
    this.#tcp.listen(tcp);
  }

  close(): void {
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
        void settle(respond(message, 'tcp'), (answer) => {
          if (socket.writableLength > MAX_UNREAD_BYTES) socket.destroy();
          if (socket.writable) socket.write(framed(answer));
        });
      }
      if (rest.length >= 2 && rest.readUInt16BE(0) > MAX_MESSAGE) socket.destroy();
    });
  }
}

async function settle(
  answer: ReturnType<DnsResponder>,
  send: (answer: Uint8Array) => void,
): Promise<void> {
  const bytes = await answer;
  if (bytes !== undefined) send(bytes);
}

function framed(message: Uint8Array): Buffer {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(message.length);
  return Buffer.concat([head, message]);
}
