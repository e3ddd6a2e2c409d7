import type {
  Agent,
  ClientRequest,
  IncomingMessage,
  RequestOptions,
  Server,
  ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import { asksForWebSocket, hasBody, refusal, travelling } from './http-rules.ts';
import type { Proxy } from './proxy.ts';
import { breakOff, relay, type Traffic } from './relay.ts';

/** One client connection on port 80. */
export interface HttpConnection {
  /** The name behind the address that the client asked for */
  readonly name: string;
  /** The host's proxy, if that is what `dial` connects to: its requests name their host each */
  readonly proxy: Pick<Proxy, 'authorization'> | undefined;
  /** Connects to it; throws when that may not or cannot be */
  dial(): Promise<Socket>;
  /** Called for a request that is refused: for what it asks for, or since it is none */
  onRefused(why: string, reason?: 'host' | 'protocol'): void;
}

/** Requests of one connection without an answer; apt sends ten ahead. Each takes some kilobytes. */
const MOST_AHEAD = 64;
/** A request head must come within this, `ms`; a body and an answer may take as long as they take */
const HEAD_MS = 30_000;
const IDLE_MS = 75_000;

/**
 * A real proxy for plain HTTP: every request of a connection is read, judged and written anew, so the
 * host behind the name gets what was judged and nothing else. Loaded when the first connection comes.
 */
export class HttpProxy {
  readonly #http = process.getBuiltinModule('http');
  readonly #connections = new WeakMap<Socket, Client>();
  readonly #server: Server;

  constructor() {
    this.#server = this.#http.createServer({ insecureHTTPParser: false, requireHostHeader: false });
    // Who has sent his request and shut down still wants the answer. Source: nodejs lib/_http_server.js
    Object.assign(this.#server, { httpAllowHalfOpen: true });
    this.#server.headersTimeout = HEAD_MS;
    this.#server.requestTimeout = 0;
    this.#server.keepAliveTimeout = IDLE_MS;
    this.#server.timeout = 0;
    const pass = (req: IncomingMessage, res: ServerResponse): void => this.#onRequest(req, res);
    this.#server
      .on('request', pass)
      // The host decides whether it wants the body.
      .on('checkContinue', pass)
      .on('checkExpectation', pass)
      .on('upgrade', (req: IncomingMessage, socket: Socket, head: Buffer) =>
        this.#onUpgrade(req, socket, head),
      )
      .on('connect', (req: IncomingMessage, socket: Socket) =>
        this.#refuseRaw(req, socket, 'no CONNECT'),
      )
      .on('clientError', (error: Error, socket: Socket) => this.#onClientError(error, socket));
  }

  /** Serves a connection; resolves when it is over. */
  async serve(socket: Socket, connection: HttpConnection): Promise<Traffic> {
    const client = new Client(connection, this.#agentFor(connection));
    this.#connections.set(socket, client);
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    this.#server.emit('connection', socket);
    await closed;
    client.agent.destroy();
    return { sent: socket.bytesRead, received: socket.bytesWritten };
  }

  /** One connection to the host for one of the client: what belongs to one never mixes with another. */
  #agentFor(connection: HttpConnection): Agent {
    const agent = new this.#http.Agent({ keepAlive: true, maxSockets: 1, maxFreeSockets: 1 });
    agent.createConnection = (_options, done) => {
      connection.dial().then(
        (socket) => done?.(null, socket),
        // Its type asks for a stream even beside an error.
        (error: Error) => done?.(error, undefined as never),
      );
      return undefined;
    };
    return agent;
  }

  #onRequest(req: IncomingMessage, res: ServerResponse): void {
    const client = this.#connections.get(req.socket);
    if (client === undefined || req.socket.destroyed) return void res.destroy();
    if (client.unanswered >= MOST_AHEAD) {
      client.connection.onRefused('too many requests ahead of their answers', 'protocol');
      return breakOff(req.socket);
    }
    client.unanswered += 1;
    res.once('close', () => (client.unanswered -= 1));
    const why = refusal(req, client.connection.name);
    if (why !== undefined) {
      client.connection.onRefused(why);
      res.writeHead(403, { 'content-type': 'text/plain', connection: 'close' });
      return void res.end(`ct: ${why}; this connection leads to ${client.connection.name}\n`);
    }
    res.sendDate = false;
    const out = this.#http.request(requestOptions(req, client));
    out.on('continue', () => res.writeContinue());
    out.on('response', (answer) => passAnswer(answer, res));
    out.on('error', (error) => answerFailure(res, error));
    res.on('close', () => out.destroy());
    // Before the pipe, whose end of the body would come first.
    req.once('end', () => {
      if (Object.keys(req.trailers).length > 0) out.addTrailers(single(req.trailers));
    });
    req.on('error', () => out.destroy());
    // A client that waits for '100 Continue' sends nothing before the host has seen the head.
    if (hasBody(req)) out.flushHeaders();
    req.pipe(out);
  }

  /** What cannot be read is refused; who hung up has only hung up. Codes: llhttp's, and of node's timeout */
  #onClientError(error: NodeJS.ErrnoException, socket: Socket): void {
    if (!/^(?:HPE_|ERR_HTTP_)/u.test(error.code ?? '')) return breakOff(socket);
    this.#connections.get(socket)?.connection.onRefused(`not HTTP: ${error.message}`, 'protocol');
    if (socket.writable) socket.end(plainAnswer(400, 'this is not HTTP that ct understands'));
    else breakOff(socket);
  }

  #onUpgrade(req: IncomingMessage, socket: Socket, head: Buffer): void {
    const client = this.#connections.get(socket);
    if (client === undefined) return breakOff(socket);
    const why = refusal(req, client.connection.name);
    if (why !== undefined) return this.#refuseRaw(req, socket, why);
    const isWebSocket = asksForWebSocket(req);
    // Another protocol (h2c, for one) would carry requests past these rules: it is not offered on.
    if (!isWebSocket && (hasBody(req) || head.length > 0)) {
      return this.#refuseRaw(req, socket, 'an upgrade with a body');
    }
    const options = requestOptions(req, client);
    if (isWebSocket) options.headers.push('Connection', 'Upgrade', 'Upgrade', 'websocket');
    const out: ClientRequest = this.#http.request(options);
    out.on('upgrade', (answer, upstream, first) => {
      socket.write(statusAndHeaders(answer, ['Connection', 'Upgrade', 'Upgrade', 'websocket']));
      // Either side may have said more than its head already.
      if (first.length > 0) upstream.unshift(first);
      if (head.length > 0) socket.unshift(head);
      void relay(socket, upstream);
    });
    out.on('response', (answer) => {
      socket.write(statusAndHeaders(answer, ['Connection', 'close']));
      answer.on('error', () => breakOff(socket)).pipe(socket);
    });
    out.on('error', (error) => socket.end(plainAnswer(502, error.message)));
    socket.on('error', () => out.destroy());
    out.end();
  }

  #refuseRaw(_req: IncomingMessage, socket: Socket, why: string): void {
    this.#connections.get(socket)?.connection.onRefused(why);
    socket.on('error', () => undefined);
    socket.end(plainAnswer(403, why));
  }
}

class Client {
  readonly connection: HttpConnection;
  readonly agent: Agent;
  /** Requests whose answers have not gone out */
  unanswered = 0;

  constructor(connection: HttpConnection, agent: Agent) {
    this.connection = connection;
    this.agent = agent;
  }
}

function requestOptions(
  req: IncomingMessage,
  { agent, connection: { name, proxy } }: Client,
): RequestOptions & { headers: string[] } {
  const headers = travelling(req.rawHeaders);
  if (proxy?.authorization !== undefined) headers.push('Proxy-Authorization', proxy.authorization);
  return {
    agent,
    method: req.method ?? 'GET',
    path: proxy === undefined ? (req.url ?? '/') : absoluteTarget(name, req.url ?? '/'),
    headers,
    setHost: false,
  };
}

/** As a proxy wants it. Source: RFC 9112 sections 3.2.2, 3.2.4 */
function absoluteTarget(name: string, target: string): string {
  return `http://${name}${target === '*' ? '' : target}`;
}

function passAnswer(answer: IncomingMessage, res: ServerResponse): void {
  const headers = withoutFraming(travelling(answer.rawHeaders));
  res.writeHead(answer.statusCode ?? 502, answer.statusMessage ?? '', headers);
  // The head of an event stream must not wait for its first event.
  res.flushHeaders();
  answer.once('end', () => {
    if (Object.keys(answer.trailers).length > 0) res.addTrailers(single(answer.trailers));
  });
  answer.on('error', () => res.destroy());
  answer.pipe(res);
}

/** The length stays; how the body is cut into chunks is this hop's. */
function withoutFraming(headers: readonly string[]): string[] {
  return headers.filter((_, index) => {
    const name = headers[index - (index % 2)];
    return name?.toLowerCase() !== 'transfer-encoding';
  });
}

function statusAndHeaders(answer: IncomingMessage, further: readonly string[]): string {
  const headers = [...withoutFraming(travelling(answer.rawHeaders)), ...further];
  const lines = [`HTTP/1.1 ${answer.statusCode ?? 502} ${answer.statusMessage ?? ''}`];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    lines.push(`${headers[index] ?? ''}: ${headers[index + 1] ?? ''}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function answerFailure(res: ServerResponse, error: Error): void {
  if (res.headersSent) return void res.destroy();
  res.writeHead(502, { 'content-type': 'text/plain', connection: 'close' });
  res.end(`ct: ${error.message}\n`);
}

function plainAnswer(status: number, why: string): string {
  const text = `ct: ${why}\n`;
  const head = `HTTP/1.1 ${status} ${status === 403 ? 'Forbidden' : 'Error'}\r\n`;
  return `${head}Content-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`;
}

function single(trailers: NodeJS.Dict<string>): Record<string, string> {
  const entries = Object.entries(trailers).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Record<string, string>;
}
