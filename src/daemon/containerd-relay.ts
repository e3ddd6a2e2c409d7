import type { Socket } from 'node:net';
import { CtError } from '../base/errors.ts';
import type { WireCall } from '../engine/containerd/channel.ts';
import type { GrpcChannel } from '../engine/containerd/grpc-channel.ts';
import type { RelayAnswer, RelayCall, RelayedCall } from '../engine/containerd/relay-channel.ts';
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
  /** What clients have left to this service, and is not done yet */
  readonly #left = new Set<Promise<void>>();

  constructor() {
    this.handlers = new Map([
      [RELAY_METHOD, async (params, { socket }) => this.#open(checkedSocket(params), socket)],
    ]);
  }

  /** Whoever waits for an answer keeps the service by his line; here is what nobody waits for. */
  get isBusy(): boolean {
    return this.#left.size > 0;
  }

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
    await Promise.all(this.#left);
    for (const channel of this.#channels.values()) channel.close();
  }

  /** `false` until it is loaded: the first client would wait for as long as if it loaded it itself. */
  #open(path: string, client: Socket): boolean {
    this.#loading ??= this.#load();
    if (this.#Channel === undefined) return false;
    const channel = this.#channels.get(path) ?? new this.#Channel(path);
    this.#channels.set(path, channel);
    serve(client, channel, (calls) => this.#take(calls, channel));
    return true;
  }

  #take(calls: readonly RelayedCall[], channel: GrpcChannel): void {
    const work = inTurn(calls, channel).finally(() => this.#left.delete(work));
    this.#left.add(work);
  }

  async #load(): Promise<void> {
    this.#Channel = (await import('../engine/containerd/grpc-channel.ts')).GrpcChannel;
  }
}

/** Answers the calls of one client, for as long as it is there; `take` is for those that it leaves to the service. */
function serve(
  client: Socket,
  channel: GrpcChannel,
  take: (calls: readonly RelayedCall[]) => void,
): void {
  const running = new Map<number, AbortController>();
  eachLine(client, (frame) => {
    const call = frame as RelayCall;
    if ('cancel' in call) return running.get(call.id)?.abort();
    if ('last' in call) {
      take(call.last.slice(0, MAX_CALLS));
      return writeLine(client, { id: call.id, answer: '' } satisfies RelayAnswer);
    }
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

/** One after the other. What is not there, or there already, is as it should be; after anything else nothing follows. */
async function inTurn(calls: readonly RelayedCall[], channel: GrpcChannel): Promise<void> {
  for (const call of calls) {
    try {
      await channel.unary(wireOf(call));
    } catch (thrown) {
      const { code } = thrown as { code?: number };
      if (code !== NOT_FOUND && code !== ALREADY_EXISTS) return;
    }
  }
}

function wireOf({ request, ...call }: RelayedCall): WireCall {
  return { ...call, request: Buffer.from(request, 'base64') };
}

async function answerTo(
  { id, ...call }: RelayedCall & { readonly id: number },
  channel: GrpcChannel,
  signal: AbortSignal,
): Promise<RelayAnswer> {
  try {
    const answer = await channel.unary(wireOf(call), signal);
    return { id, answer: Buffer.from(answer).toString('base64') };
  } catch (thrown) {
    const { code = UNKNOWN, details } = thrown as { code?: number; details?: string };
    return { id, code, details: details ?? String(thrown) };
  }
}

/** Source: grpc/doc/statuscodes.md */
const [UNKNOWN, NOT_FOUND, ALREADY_EXISTS] = [2, 5, 6];

/** Errors: invalid_argument */
function checkedSocket(params: unknown): string {
  const { socket } = (params ?? {}) as { readonly socket?: unknown };
  if (typeof socket === 'string' && socket.startsWith('/')) return socket;
  throw new CtError('invalid_argument', 'not the path of a socket');
}
