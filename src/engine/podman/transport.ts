import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import request from 'undici/lib/api/api-request.js';
import Client from 'undici/lib/dispatcher/client.js';
import Pool from 'undici/lib/dispatcher/pool.js';
import { CtError } from '../../base/errors.ts';
import { compileWasmLightly, wasmIsCompiled } from '../../host/wasm-compiler.ts';
import { engineError, failureText, tooLate, transportError } from './errors.ts';

/** One request to the engine. */
export interface Call {
  /** Completes "cannot …" in errors */
  readonly doing: string;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'DELETE';
  /** Below the API's root, segments already encoded */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | boolean | number | undefined>>;
  readonly json?: unknown;
  /** A tar stream; it is destroyed when the call fails */
  readonly tar?: Readable;
  readonly signal?: AbortSignal | undefined;
  /** Time to the beginning of the answer; 0 for none, `ms` */
  readonly deadlineMs?: number;
}

/** How the transport reaches the engine. */
export interface Wire {
  /** A new connection. Errors: as `discover.ts` */
  connect(): Promise<Socket>;
  /** Whether the engine that does not answer yet is only beginning to */
  isStarting?(): Promise<boolean>;
}

const ROOT = '/v4.0.0/libpod';
const DEADLINE_MS = 60_000;
/** For what removes a tree: a hundred thousand files go one by one, and disks are slow, `ms` */
export const REMOVAL_MS = 15 * 60_000;
/** An engine that never answered is asked for a sign of life after this, `ms` */
const PATIENCE_MS = 2_000;
/** … and given up after this much more: five seconds together, `ms` */
const SIGN_OF_LIFE_MS = 2_500;
/** Between two questions to one that is starting, `ms` */
const AGAIN_MS = 200;
/** No answer of the engine that is read whole comes near this, `bytes` */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const MAX_LINE_BYTES = 1024 * 1024;

/**
 * HTTP over the engine's socket, and the only file that knows undici.
 *
 * Requests share connections; an upgraded one has its own. Whatever goes wrong comes out as a
 * `CtError`. A connection that the engine closed while it idled is made anew, and a request that only
 * reads is sent again once.
 */
export class Transport {
  readonly #wire: Wire;
  readonly #pool: Pool;
  readonly #options: Client.Options;
  readonly #upgraded = new Set<Socket>();
  #answered = false;
  /** No sign of life came, or nobody waits for one: what follows (cleaning up, mostly) does not do so again */
  #givenUp = false;

  constructor(wire: Wire) {
    compileWasmLightly();
    this.#wire = wire;
    this.#options = {
      connect: (_options, done) => {
        this.#wire.connect().then(
          (socket) => done(null, socket),
          (error: Error) => done(error, null),
        );
      },
      // Deadlines are ours, per call; a build step may be silent for minutes.
      headersTimeout: 0,
      bodyTimeout: 0,
    };
    this.#pool = new Pool('http://podman', this.#options);
  }

  /**
   * Sends a request and reads the whole answer; `undefined` for an empty one.
   *
   * The caller names the type of what the engine's API documents; `convert.ts` reads it defensively.
   */
  async json<T = undefined>(call: Call): Promise<T> {
    const answer = await this.#send(call);
    const text = await this.#read(call, answer.body);
    if (text.trim() === '') return undefined as T;
    try {
      return JSON.parse(text) as T;
    } catch (thrown) {
      if (/^ok/iu.test(text)) return undefined as T;
      throw new CtError('unavailable', `cannot ${call.doing}: the engine's answer is not JSON`, {
        cause: thrown,
      });
    }
  }

  /** Sends a request whose answer is one header; `undefined` when it is not there. */
  async header(call: Call, name: string): Promise<string | undefined> {
    const { headers, body } = await this.#send(call);
    body.resume();
    const value = headers[name];
    return typeof value === 'string' ? value : undefined;
  }

  /** Sends a request and hands out the lines of the answer as they come. */
  async lines(call: Call, onLine: (line: string) => void): Promise<void> {
    const answer = await this.#send(call);
    let rest = '';
    const release = stopOnAbort(call, answer.body);
    try {
      answer.body.setEncoding('utf8');
      for await (const chunk of answer.body as AsyncIterable<string>) {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) if (line.trim() !== '') onLine(line);
        if (rest.length > MAX_LINE_BYTES) throw tooLong(call);
      }
      if (rest.trim() !== '') onLine(rest);
    } catch (thrown) {
      answer.body.destroy();
      throw transportError(call.doing, thrown, call.signal);
    } finally {
      release();
    }
  }

  /** Sends a request that turns its connection into a stream of bytes both ways. */
  async upgrade(call: Call): Promise<Socket> {
    const client = new Client('http://podman', this.#options);
    try {
      const socket = await this.#guarded(call, (signal) => this.#upgrade(client, call, signal));
      this.#upgraded.add(socket);
      socket.once('close', () => {
        this.#upgraded.delete(socket);
        void client.destroy();
      });
      return socket;
    } catch (thrown) {
      await client.destroy();
      throw thrown;
    }
  }

  async close(): Promise<void> {
    this.#givenUp = true;
    for (const socket of this.#upgraded) socket.destroy();
    await this.#pool.destroy();
  }

  async #send(call: Call): Promise<Dispatcher.ResponseData> {
    const answer = await this.#guarded(call, (signal) => this.#sendOnce(call, signal)).catch(
      (thrown: unknown) => {
        if (call.method !== 'GET' || !wasClosed(thrown)) throw thrown;
        return this.#guarded(call, (signal) => this.#sendOnce(call, signal));
      },
    );
    this.#onAnswer();
    if (answer.statusCode < 400) return answer;
    const text = failureText(await this.#read(call, answer.body));
    throw engineError(call.doing, { status: answer.statusCode, text });
  }

  #onAnswer(): void {
    this.#answered = true;
    wasmIsCompiled();
  }

  async #sendOnce(call: Call, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    if (call.tar !== undefined) await firstBytes(call.tar, signal);
    return request.call(this.#pool, { ...wireOptions(call), signal });
  }

  /** Runs one exchange under the caller's signal, the deadline and the watch for a dead engine. */
  async #guarded<T>(call: Call, exchange: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#givenUp && !this.#answered) throw tooLate(call.doing);
    const abort = new AbortController();
    const { signal } = call;
    const cancel = (): void => abort.abort(signal?.reason);
    signal?.addEventListener('abort', cancel, { once: true });
    if (signal?.aborted === true) cancel();
    const late = (): void => abort.abort(tooLate(call.doing));
    const deadlineMs = call.deadlineMs ?? DEADLINE_MS;
    const timers = deadlineMs === 0 ? [] : [setTimeout(late, deadlineMs)];
    if (!this.#answered) {
      timers.push(
        setTimeout(() => void this.#signOfLife().then((ok) => ok || late()), PATIENCE_MS),
      );
    }
    try {
      return await exchange(abort.signal);
    } catch (thrown) {
      const ours = call.tar?.errored ?? thrown;
      call.tar?.destroy();
      throw transportError(call.doing, ours, abort.signal);
    } finally {
      for (const timer of timers) clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
    }
  }

  /**
   * Whether the engine answers the cheapest question: a slow create is no reason to give it up, nor is a service
   * that was started when somebody connected, on a machine with much to do.
   */
  async #signOfLife(): Promise<boolean> {
    while (!this.#givenUp && !(await this.#ping())) {
      this.#givenUp = (await this.#wire.isStarting?.()) !== true;
      if (!this.#givenUp) await sleep(AGAIN_MS);
    }
    return this.#answered;
  }

  async #ping(): Promise<boolean> {
    if (this.#answered) return true;
    try {
      const answer = await request.call(this.#pool, {
        path: `${ROOT}/_ping`,
        method: 'GET',
        signal: AbortSignal.timeout(SIGN_OF_LIFE_MS),
      });
      answer.body.resume();
      this.#onAnswer();
    } catch {
      // An answer to another request may have come meanwhile.
    }
    return this.#answered;
  }

  async #read(call: Call, body: Dispatcher.ResponseData['body']): Promise<string> {
    const chunks: Buffer[] = [];
    let size = 0;
    const release = stopOnAbort(call, body);
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > MAX_ANSWER_BYTES) throw tooLong(call);
        chunks.push(chunk);
      }
    } catch (thrown) {
      body.destroy();
      throw transportError(call.doing, thrown, call.signal);
    } finally {
      release();
    }
    return Buffer.concat(chunks).toString('utf8');
  }

  /** undici's own `upgrade` throws the engine's reason away when it is refused, so this reads it. */
  #upgrade(client: Client, call: Call, signal: AbortSignal): Promise<Socket> {
    return new Promise((resolve, reject) => {
      let status = 0;
      let body = '';
      const handler: Dispatcher.DispatchHandler = {
        onConnect: (abort) => {
          if (signal.aborted) abort(signal.reason as Error);
          else
            signal.addEventListener('abort', () => abort(signal.reason as Error), { once: true });
        },
        onUpgrade: (_status, _headers, socket) => {
          this.#onAnswer();
          resolve(socket as Socket);
        },
        onHeaders: (statusCode) => {
          this.#onAnswer();
          status = statusCode;
          return true;
        },
        onData: (chunk) => {
          if (body.length < MAX_LINE_BYTES) body += chunk.toString('utf8');
          return true;
        },
        onComplete: () => reject(engineError(call.doing, { status, text: failureText(body) })),
        onError: reject,
      };
      client.dispatch({ ...wireOptions(call), upgrade: 'tcp' }, handler);
    });
  }
}

/**
 * Waits until there is something to send. Podman counts a connection from its first byte on, and the
 * service that systemd starts leaves after five seconds without one: mmdebstrap takes longer.
 */
async function firstBytes(tar: Readable, signal: AbortSignal): Promise<void> {
  if (tar.errored !== null) throw tar.errored;
  if (tar.readableLength === 0 && !tar.readableEnded) await once(tar, 'readable', { signal });
}

function wireOptions(call: Call): Dispatcher.RequestOptions {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(call.query ?? {})) {
    if (value !== undefined) query.append(name, String(value));
  }
  const text = query.toString();
  const path = `${ROOT}${call.path}${text === '' ? '' : `?${text}`}`;
  if (call.tar !== undefined) {
    return {
      path,
      method: call.method,
      body: call.tar,
      headers: { 'content-type': 'application/x-tar' },
    };
  }
  if (call.json !== undefined) {
    return {
      path,
      method: call.method,
      body: JSON.stringify(call.json),
      headers: { 'content-type': 'application/json' },
    };
  }
  return { path, method: call.method };
}

/** The engine closed a connection that idled, as it may; the next one will do. */
function wasClosed(thrown: unknown): boolean {
  return (
    thrown instanceof CtError && (thrown.cause as { code?: unknown })?.code === 'UND_ERR_SOCKET'
  );
}

/** A caller who stops while the answer comes in stops the answer too. */
function stopOnAbort(call: Call, body: Readable): () => void {
  const { signal } = call;
  if (signal === undefined) return () => undefined;
  const stop = (): void => void body.destroy(signal.reason as Error);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  return () => signal.removeEventListener('abort', stop);
}

function tooLong(call: Call): CtError {
  return new CtError('unavailable', `cannot ${call.doing}: the engine's answer is too long`);
}
