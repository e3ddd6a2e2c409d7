import type { Socket } from 'node:net';
import { CtError } from '../base/errors.ts';
import type { GrpcChannel } from '../engine/containerd/grpc-channel.ts';
import type { RelayAnswer, RelayCall } from '../engine/containerd/relay-channel.ts';
import { eachLine, writeLine } from '../host/lines.ts';
import { RELAY_METHOD } from '../session/relay-line.ts';
import type { DaemonPart } from './part.ts';

/** Of one client, that have no answer yet. */
const MAX_CALLS = 64;

/**
 * Passes calls of this account's ct processes on to containerd. What gRPC needs takes longer to load than most of
 * these calls take, and here it stays loaded (ADR 0024). The service does nothing that its clients, of the same
 * account, could not do themselves.
 */
export class ContainerdRelay implements DaemonPart {
  readonly name = 'containerd';
  readonly handlers: DaemonPart['handlers'];
  readonly #channels = new Map<string, GrpcChannel>();
  #Channel: typeof GrpcChannel | undefined;
  #loading: Promise<void> | undefined;

  constructor() {
    this.handlers = new Map([
      [RELAY_METHOD, async (params, { socket }) => this.#open(checkedSocket(params), socket)],
    ]);
  }

  /** Whoever waits for an answer keeps the service by his line. */
  readonly isBusy = false;

  status(): Readonly<Record<string, unknown>> {
    return { connections: this.#channels.size };
  }

  async open(): Promise<void> {
    // Nothing is loaded before somebody asks.
  }

  async look(): Promise<void> {
    // A connection that broke is made anew by the next call.
  }

  async close(): Promise<void> {
    await this.#loading;
    for (const channel of this.#channels.values()) channel.close();
  }

  /** `false` until it is loaded: the first client would wait for as long as if it loaded it itself. */
  #open(path: string, client: Socket): boolean {
    this.#loading ??= this.#load();
    if (this.#Channel === undefined) return false;
    const channel = this.#channels.get(path) ?? new this.#Channel(path);
    this.#channels.set(path, channel);
    serve(client, channel);
    return true;
  }

  async #load(): Promise<void> {
    this.#Channel = (await import('../engine/containerd/grpc-channel.ts')).GrpcChannel;
  }
}

/** Answers the calls of one client, for as long as it is there. */
function serve(client: Socket, channel: GrpcChannel): void {
  const running = new Map<number, AbortController>();
  eachLine(client, (frame) => {
    const call = frame as RelayCall;
    if ('cancel' in call) return running.get(call.id)?.abort();
    if (running.size >= MAX_CALLS) return void client.destroy();
    const stop = new AbortController();
    running.set(call.id, stop);
    void answerTo(call, channel, stop.signal).then((answer) => {
      running.delete(call.id);
      if (!client.destroyed) writeLine(client, answer);
    });
  });
  client.once('close', () => {
    for (const stop of running.values()) stop.abort();
  });
}

async function answerTo(
  { id, request, ...call }: Exclude<RelayCall, { readonly cancel: true }>,
  channel: GrpcChannel,
  signal: AbortSignal,
): Promise<RelayAnswer> {
  try {
    const bytes = Buffer.from(request, 'base64');
    const answer = await channel.unary({ ...call, request: bytes }, signal);
    return { id, answer: Buffer.from(answer).toString('base64') };
  } catch (thrown) {
    const { code = UNKNOWN, details } = thrown as { code?: number; details?: string };
    return { id, code, details: details ?? String(thrown) };
  }
}

/** Source: grpc/doc/statuscodes.md */
const UNKNOWN = 2;

/** Errors: invalid_argument */
function checkedSocket(params: unknown): string {
  const { socket } = (params ?? {}) as { readonly socket?: unknown };
  if (typeof socket === 'string' && socket.startsWith('/')) return socket;
  throw new CtError('invalid_argument', 'not the path of a socket');
}
