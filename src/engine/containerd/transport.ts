import {
  create,
  fromBinary,
  toBinary,
  type DescMessage,
  type DescMethodBiDiStreaming,
  type DescMethodServerStreaming,
  type DescMethodUnary,
  type MessageInitShape,
  type MessageShape,
} from '@bufbuild/protobuf';
import { Client, Metadata, credentials, type ServiceError } from '@grpc/grpc-js';
import type { CtError } from '../../base/errors.ts';
import { callError, isNotConnected, throwIfStopped } from './errors.ts';

/** How a call is made. */
export interface Call {
  /** Completes "cannot …" */
  readonly doing: string;
  /** 0 for none, `ms` */
  readonly deadlineMs?: number;
  /** Lease that keeps what the call makes away from the garbage collector */
  readonly lease?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A stream on which every message is answered by one. */
export interface Dialogue<I, O> {
  ask(message: I): Promise<O>;
  end(): void;
}

const DEADLINE_MS = 30_000;

const OPTIONS = {
  'grpc.max_receive_message_length': 64 * 1024 * 1024,
  'grpc.max_send_message_length': 64 * 1024 * 1024,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1000,
  'grpc.enable_channelz': 0,
};

/**
 * gRPC to containerd over its unix socket; the only file that knows grpc-js and protobuf-es.
 *
 * `revive` is asked for the socket when nobody listens on it any more; it may start the daemon again.
 * A call that never left is then made once more.
 *
 * Errors: see errors.ts
 */
export class Transport {
  readonly #namespace: string;
  readonly #revive: () => Promise<string>;
  #client: Client;

  constructor(socket: string, namespace: string, revive: () => Promise<string>) {
    this.#namespace = namespace;
    this.#revive = revive;
    this.#client = connect(socket);
  }

  /** One question, one answer. */
  async unary<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    request: MessageInitShape<I>,
    call: Call,
  ): Promise<MessageShape<O>> {
    throwIfStopped(call.doing, call.signal);
    try {
      return await this.#once(method, request, call);
    } catch (thrown) {
      if (!isNotConnected(thrown)) throw callError(call.doing, thrown, call.signal);
    }
    const old = this.#client;
    this.#client = connect(await this.#revive());
    old.close();
    return this.#once(method, request, call).catch((thrown: unknown) => {
      throw callError(call.doing, thrown, call.signal);
    });
  }

  /** One question, a stream of answers. */
  async *stream<I extends DescMessage, O extends DescMessage>(
    method: DescMethodServerStreaming<I, O>,
    request: MessageInitShape<I>,
    call: Call,
  ): AsyncGenerator<MessageShape<O>> {
    const stream = this.#client.makeServerStreamRequest(
      pathOf(method),
      (message: MessageShape<I>) => bytesOf(method.input, message),
      (bytes) => fromBinary(method.output, bytes),
      create(method.input, request),
      this.#metadata(call),
      deadlineOf(call),
    );
    const cancel = (): void => stream.cancel();
    call.signal?.addEventListener('abort', cancel, { once: true });
    try {
      for await (const message of stream) yield message as MessageShape<O>;
    } catch (thrown) {
      throw callError(call.doing, thrown, call.signal);
    } finally {
      call.signal?.removeEventListener('abort', cancel);
      stream.cancel();
    }
  }

  /** Questions and answers in turn on one stream. */
  dialogue<I extends DescMessage, O extends DescMessage>(
    method: DescMethodBiDiStreaming<I, O>,
    call: Call,
  ): Dialogue<MessageInitShape<I>, MessageShape<O>> {
    const stream = this.#client.makeBidiStreamRequest(
      pathOf(method),
      (message: MessageShape<I>) => bytesOf(method.input, message),
      (bytes) => fromBinary(method.output, bytes),
      this.#metadata(call),
      deadlineOf(call),
    );
    let waiting: { resolve(answer: MessageShape<O>): void; reject(why: unknown): void } | undefined;
    let failure: CtError | undefined;
    const fail = (why: unknown): void => {
      failure ??= callError(call.doing, why, call.signal);
      waiting?.reject(failure);
    };
    stream.on('data', (answer: MessageShape<O>) => waiting?.resolve(answer));
    stream.on('error', fail);
    stream.on('end', () => fail(new Error('the engine ended the stream')));
    call.signal?.addEventListener('abort', () => stream.cancel(), { once: true });
    return {
      ask: (message) =>
        new Promise((resolve, reject) => {
          if (failure !== undefined) return reject(failure);
          waiting = { resolve, reject };
          stream.write(create(method.input, message));
        }),
      end: () => stream.end(),
    };
  }

  /** Closes the connection; calls under way fail. */
  close(): void {
    this.#client.close();
  }

  #once<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    request: MessageInitShape<I>,
    call: Call,
  ): Promise<MessageShape<O>> {
    return new Promise((resolve, reject) => {
      const sent = this.#client.makeUnaryRequest(
        pathOf(method),
        (message: MessageShape<I>) => bytesOf(method.input, message),
        (bytes) => fromBinary(method.output, bytes),
        create(method.input, request),
        this.#metadata(call),
        deadlineOf(call),
        (error: ServiceError | null, answer?: MessageShape<O>) => {
          call.signal?.removeEventListener('abort', cancel);
          if (error !== null || answer === undefined) reject(error ?? new Error('no answer'));
          else resolve(answer);
        },
      );
      const cancel = (): void => sent.cancel();
      call.signal?.addEventListener('abort', cancel, { once: true });
    });
  }

  #metadata(call: Call): Metadata {
    const metadata = new Metadata();
    metadata.set('containerd-namespace', this.#namespace);
    if (call.lease !== undefined) metadata.set('containerd-lease', call.lease);
    return metadata;
  }
}

function connect(socket: string): Client {
  return new Client(`unix:${socket}`, credentials.createInsecure(), OPTIONS);
}

/** Bytes of a message, for the fields of type Any and for those that travel in JSON's place. */
export function bytesOf<T extends DescMessage>(schema: T, message: MessageInitShape<T>): Buffer {
  const bytes = toBinary(schema, create(schema, message));
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The other way. */
export function messageOf<T extends DescMessage>(schema: T, bytes: Uint8Array): MessageShape<T> {
  return fromBinary(schema, bytes);
}

function pathOf(method: {
  readonly name: string;
  readonly parent: { readonly typeName: string };
}): string {
  return `/${method.parent.typeName}/${method.name}`;
}

function deadlineOf({ deadlineMs = DEADLINE_MS }: Call): { deadline?: Date } {
  return deadlineMs === 0 ? {} : { deadline: new Date(Date.now() + deadlineMs) };
}
