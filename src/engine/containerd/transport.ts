import type { CtError } from '../../base/errors.ts';
import type { DeepPartial } from '../../gen/types.ts';
import type { WireCall } from './channel.ts';
import { callError, isNotConnected, throwIfStopped } from './errors.ts';
import type { GrpcChannel } from './grpc-channel.ts';
import { RelayLost, type RelayChannel } from './relay-channel.ts';

/** A message of the protocol, to bytes and back; as generated from proto/. */
export interface Codec<T> {
  encode(message: T): { finish(): Uint8Array };
  decode(bytes: Uint8Array): T;
  /** The rest as protobuf has it: zero, empty */
  fromPartial(given: DeepPartial<T>): T;
}

/** What can be asked: the path as gRPC has it, what goes there and what comes, one or a stream of each. */
export interface Method<I, O, In extends boolean = false, Out extends boolean = false> {
  /** `/package.Service/Method` */
  readonly path: string;
  readonly input: Codec<I>;
  readonly output: Codec<O>;
  readonly inputStream: In;
  readonly outputStream: Out;
}

/** How a call is made. */
export interface Call {
  /** Completes "cannot …" */
  readonly doing: string;
  /** 0 for none, `ms` */
  readonly deadlineMs?: number;
  /** Lease that keeps what the call makes away from the garbage collector */
  readonly lease?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Others do without its answer: neither is a daemon started for it nor another way tried */
  readonly isHint?: boolean;
}

/** A stream on which every message is answered by one. */
export interface Dialogue<I, O> {
  ask(message: I): Promise<O>;
  end(): void;
}

const DEADLINE_MS = 30_000;

/** What a transport is made of. */
export interface TransportParts {
  /** containerd's, on the host */
  readonly socket: string;
  readonly namespace: string;
  /**
   * Is asked for the socket when nobody listens on it any more; may start the daemon again. A call that never left
   * is then made once more.
   */
  readonly revive: () => Promise<string>;
  /** The way through the user's service, where there is one that has it ready */
  readonly relay?: Promise<RelayChannel | undefined>;
}

/** Calls that change nothing: after the end of the service that had passed one on it is made once more. */
const REPEATABLE = /\/(?:Get|List|Mounts|Stat|Version|Wait)$/u;

/**
 * Calls to containerd, in the words of its protocol. Those with one answer go through
 * the user's service where that is possible: it has loaded already what this process else had to load.
 *
 * Errors: see errors.ts
 */
export class Transport {
  readonly #parts: TransportParts;
  #socket: string;
  #relay: Promise<RelayChannel | undefined> | undefined;
  #grpc: Promise<GrpcChannel> | undefined;

  constructor(parts: TransportParts) {
    this.#parts = parts;
    this.#socket = parts.socket;
    this.#relay = parts.relay;
  }

  /** One question, one answer. */
  async unary<I, O>(method: Method<I, O>, request: DeepPartial<I>, call: Call): Promise<O> {
    throwIfStopped(call.doing, call.signal);
    const asked = this.wire(method, request, call);
    const isHint = call.isHint === true;
    const answer = await this.#ask(asked, call.signal, isHint)
      .catch(async (thrown: unknown) => {
        if (isHint || !isNotConnected(thrown)) throw thrown;
        await this.#reconnect();
        return (await this.#direct()).unary(asked, call.signal);
      })
      .catch((thrown: unknown) => {
        throw callError(call.doing, thrown, call.signal);
      });
    return method.output.decode(answer);
  }

  /** A call in bytes, for `handOver`. */
  wire<I, O>(method: Method<I, O>, request: DeepPartial<I>, call: Call): WireCall {
    return { ...this.#wire(method, call), request: bytesOf(method.input, request) };
  }

  /**
   * Leaves calls to the user's service, which makes them in this order, also when this process has gone. One that
   * finds nothing to do is no reason to stop. `false` where there is no such service.
   */
  async handOver(calls: readonly WireCall[]): Promise<boolean> {
    try {
      const relay = await this.#relay;
      await relay?.handOver(calls);
      return relay !== undefined;
    } catch (thrown) {
      if (thrown instanceof RelayLost) return false;
      throw thrown;
    }
  }

  /** One question, a stream of answers. */
  async *stream<I, O>(
    method: Method<I, O, false, true>,
    request: DeepPartial<I>,
    call: Call,
  ): AsyncGenerator<O> {
    const channel = await this.#direct();
    const asked = { ...this.#wire(method, call), request: bytesOf(method.input, request) };
    const stream = channel.stream(asked);
    const cancel = (): void => stream.cancel();
    call.signal?.addEventListener('abort', cancel, { once: true });
    try {
      for await (const bytes of stream) yield method.output.decode(bytes as Buffer);
    } catch (thrown) {
      throw callError(call.doing, thrown, call.signal);
    } finally {
      call.signal?.removeEventListener('abort', cancel);
      stream.cancel();
    }
  }

  /** Questions and answers in turn on one stream. */
  async dialogue<I, O>(
    method: Method<I, O, true, true>,
    call: Call,
  ): Promise<Dialogue<DeepPartial<I>, O>> {
    const stream = (await this.#direct()).dialogue(this.#wire(method, call));
    let waiting: { resolve(answer: O): void; reject(why: unknown): void } | undefined;
    let failure: CtError | undefined;
    const fail = (why: unknown): void => {
      failure ??= callError(call.doing, why, call.signal);
      waiting?.reject(failure);
    };
    stream.on('data', (bytes: Buffer) => waiting?.resolve(method.output.decode(bytes)));
    stream.on('error', fail);
    stream.on('end', () => fail(new Error('the engine ended the stream')));
    call.signal?.addEventListener('abort', () => stream.cancel(), { once: true });
    return {
      ask: (message) =>
        new Promise((resolve, reject) => {
          if (failure !== undefined) return reject(failure);
          waiting = { resolve, reject };
          stream.write(bytesOf(method.input, message));
        }),
      end: () => stream.end(),
    };
  }

  /** Closes the connections; calls under way fail. */
  close(): void {
    void this.#relay?.then((channel) => channel?.close());
    void this.#grpc?.then((channel) => channel.close());
  }

  async #ask(
    asked: WireCall,
    signal: AbortSignal | undefined,
    isHint: boolean,
  ): Promise<Uint8Array> {
    const relay = await this.#relay;
    if (relay === undefined || relay.isLost) return (await this.#direct()).unary(asked, signal);
    try {
      return await relay.unary(asked, signal);
    } catch (thrown) {
      if (isHint || !(thrown instanceof RelayLost) || !REPEATABLE.test(asked.path)) throw thrown;
      return (await this.#direct()).unary(asked, signal);
    }
  }

  #direct(): Promise<GrpcChannel> {
    return (this.#grpc ??= import('./grpc-channel.ts').then(
      ({ GrpcChannel: Direct }) => new Direct(this.#socket),
    ));
  }

  /** Also away from the service, which does not start any daemon. */
  async #reconnect(): Promise<void> {
    const socket = await this.#parts.revive();
    this.close();
    [this.#socket, this.#relay, this.#grpc] = [socket, undefined, undefined];
  }

  #wire(
    { path }: { readonly path: string },
    { lease, deadlineMs = DEADLINE_MS }: Call,
  ): Omit<WireCall, 'request'> {
    return { path, namespace: this.#parts.namespace, lease, deadlineMs };
  }
}

/** Bytes of a message, for the fields of type Any and for those that travel in JSON's place. */
export function bytesOf<T>(codec: Codec<T>, message: DeepPartial<T>): Buffer {
  const bytes = codec.encode(codec.fromPartial(message)).finish();
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
