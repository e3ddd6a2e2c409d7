import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type RequestOptions } from 'node:http';
import { connect } from 'node:net';

/** A create request as ct sends it. */
export type Body = Record<string, unknown>;

/** What stands between ct and a real engine. */
export interface AlteredEngine {
  readonly socket: string;
  close(): void;
}

/**
 * A socket before a real engine that lets everything through but changes the bodies of create requests:
 * the engine that ignores a field, or the version of ct that mistypes one.
 */
export async function alteredEngine(
  socket: string,
  engine: string,
  alter: (body: Body) => Body,
): Promise<AlteredEngine> {
  const server = createServer((incoming, outgoing) => {
    void bodyOf(incoming).then((body) => {
      const isCreate = incoming.url?.includes('/containers/create') === true;
      const sent = isCreate ? JSON.stringify(alter(JSON.parse(body.toString()) as Body)) : body;
      const onward = request(optionsOf(incoming, engine, sent), (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on('error', () => outgoing.destroy());
      onward.end(sent);
    });
  });
  server.on('upgrade', (incoming: IncomingMessage, client, head: Buffer) => {
    const upstream = connect({ path: engine, allowHalfOpen: true });
    const lines = incoming.rawHeaders.flatMap((name, index, all) =>
      index % 2 === 0 ? [`${name}: ${all[index + 1] ?? ''}`] : [],
    );
    upstream.write(`${incoming.method} ${incoming.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    upstream.write(head);
    client.on('error', () => upstream.destroy()).pipe(upstream);
    upstream.on('error', () => client.destroy()).pipe(client);
  });
  server.listen(socket);
  await once(server, 'listening');
  return { socket, close: () => void server.close().closeAllConnections() };
}

function optionsOf(
  incoming: IncomingMessage,
  engine: string,
  body: Buffer | string,
): RequestOptions {
  return {
    socketPath: engine,
    path: incoming.url ?? '/',
    method: incoming.method ?? 'GET',
    headers: { ...incoming.headers, 'content-length': Buffer.byteLength(body) },
  };
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
