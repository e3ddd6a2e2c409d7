import type { Socket } from 'node:net';
import { eachLine, writeLine } from '../../host/lines.ts';
import type { Channel, WireCall } from './channel.ts';

/** A call on its way through the user's service; bytes are in base64. */
export type RelayedCall = Omit<WireCall, 'request'> & { readonly request: string };

/** What is asked of the service. */
export type RelayCall =
  | (RelayedCall & { readonly id: number })
  /** Calls for the service to make one after the other, also when whoever asked is gone: the answer says that it will */
  | { readonly id: number; readonly last: readonly RelayedCall[] }
  /** Nobody waits for that answer any more */
  | { readonly id: number; readonly cancel: true };

/** Its answer: bytes in base64, or what gRPC said. */
export type RelayAnswer = { readonly id: number } & (
  { readonly answer: string } | { readonly code: number; readonly details: string }
);

interface Waiting {
  resolve(answer: Uint8Array): void;
  reject(why: unknown): void;
}

/** What gRPC calls unavailable. Source: grpc/doc/statuscodes.md */
const UNAVAILABLE = 14;

/** Why a call through the service has no answer: the service is gone. */
export class RelayLost extends Error {
  readonly code = UNAVAILABLE;
  readonly details = 'the service of ct has ended';
}

/** Calls go to the user's service, which holds a connection to containerd and has what it takes loaded. */
export class RelayChannel implements Channel {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;
  #isLost = false;

  /** `socket` is the line to the service, which has agreed. It does not keep this process running while nobody waits. */
  constructor(socket: Socket) {
    this.#socket = socket;
    eachLine(socket, (frame) => this.#settle(frame as RelayAnswer));
    socket.once('close', () => {
      this.#isLost = true;
      for (const { reject } of this.#waiting.values()) reject(new RelayLost());
    });
  }

  /** Whether the service is gone. */
  get isLost(): boolean {
    return this.#isLost;
  }

  unary(call: WireCall, signal?: AbortSignal): Promise<Uint8Array> {
    return this.#ask((id) => ({ ...relayed(call), id }), signal);
  }

  /** Resolves when the service has taken the calls on. Errors: `RelayLost` */
  async handOver(calls: readonly WireCall[]): Promise<void> {
    await this.#ask((id) => ({ id, last: calls.map(relayed) }));
  }

  close(): void {
    this.#socket.destroy();
  }

  #ask(frame: (id: number) => RelayCall, signal?: AbortSignal): Promise<Uint8Array> {
    const id = ++this.#last;
    const cancel = (): void => writeLine(this.#socket, { id, cancel: true } satisfies RelayCall);
    return new Promise<Uint8Array>((resolve, reject) => {
      if (this.#isLost) return reject(new RelayLost());
      this.#waiting.set(id, { resolve, reject });
      this.#socket.ref();
      signal?.addEventListener('abort', cancel, { once: true });
      writeLine(this.#socket, frame(id));
    }).finally(() => {
      signal?.removeEventListener('abort', cancel);
      this.#waiting.delete(id);
      if (this.#waiting.size === 0) this.#socket.unref();
    });
  }

  #settle(frame: RelayAnswer): void {
    const waiting = this.#waiting.get(frame.id);
    if ('answer' in frame) waiting?.resolve(Buffer.from(frame.answer, 'base64'));
    else waiting?.reject(Object.assign(new Error(frame.details), frame));
  }
}

function relayed({ request, ...call }: WireCall): RelayedCall {
  return { ...call, request: request.toString('base64') };
}
