import { chmodSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { CtError } from '../../base/errors.ts';
import { ensurePrivateDir, removeQuietly } from '../../host/files.ts';
import { listenAt } from '../../host/listen.ts';
import { applyEdit } from '../../network/edit.ts';
import type { NetworkPolicy } from '../../network/policy.ts';
import type { NetworkRecord } from '../../network/record.ts';
import { controlDir, controlPath } from './place.ts';
import { parseRequest } from './parse-request.ts';
import { encodeFrame, FrameReader, type ControlReply, type NetworkStatus } from './protocol.ts';

/** What the owner of a session does for those who ask. */
export interface ControlHandler {
  status(): NetworkStatus;
  /**
   * Puts another policy in force: for new connections at once, and by cutting open ones that it does not
   * allow. Others are not touched. Resolves, when it is in force, to how many were cut.
   */
  setPolicy(policy: NetworkPolicy): Promise<number>;
  /** Calls `listener` for every record from now on; gives the way to stop it */
  subscribe(listener: (record: NetworkRecord) => void): () => void;
}

/** A control socket that is open. */
export interface ControlServer {
  close(): Promise<void>;
}

/** Somebody who connects and says nothing is let go, `ms` */
const PATIENCE_MS = 5_000;
const MAX_CLIENTS = 64;
/** A reader of the log who does not read is let go, `bytes` */
const MAX_BEHIND = 1024 * 1024;

/**
 * Listens for `ct network` on a socket of the session's own. Who may connect is a matter of the file
 * system: the directory is the user's alone (0700, checked), and so is the socket.
 *
 * Changes take turns, each on top of the one before.
 */
export async function serveControl(
  runtimeDir: string,
  session: string,
  handler: ControlHandler,
): Promise<ControlServer> {
  ensurePrivateDir(controlDir(runtimeDir));
  const path = controlPath(runtimeDir, session);
  removeQuietly(path);
  const clients = new Set<Socket>();
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work);
    turn = mine.catch(() => undefined);
    return mine;
  };
  const server = createServer((socket) => {
    if (clients.size >= MAX_CLIENTS) return void socket.destroy();
    clients.add(socket);
    socket.on('close', () => clients.delete(socket));
    serveClient(socket, handler, inTurn);
  });
  await listen(server, path);
  // The session does not stay for the sake of its socket.
  server.unref();
  return {
    close: async () => {
      for (const socket of clients) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      removeQuietly(path);
    },
  };
}

async function listen(server: Server, path: string): Promise<void> {
  await listenAt(server, path).catch((thrown: Error) => {
    const what = `cannot listen for 'ct network' at ${path}: ${thrown.message}`;
    throw new CtError('failed_precondition', what, { cause: thrown });
  });
  chmodSync(path, 0o600);
}

type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

function serveClient(socket: Socket, handler: ControlHandler, inTurn: InTurn): void {
  const reader = new FrameReader();
  const timer = setTimeout(() => socket.destroy(), PATIENCE_MS);
  timer.unref();
  const onData = (chunk: Buffer): void => {
    try {
      const [request] = reader.push(chunk);
      if (request === undefined) return;
      clearTimeout(timer);
      socket.off('data', onData).resume();
      void answer(parseRequest(request), socket, handler, inTurn).catch((thrown: unknown) =>
        refuse(socket, thrown),
      );
    } catch (thrown) {
      refuse(socket, thrown);
    }
  };
  socket.on('data', onData);
  socket.on('error', () => undefined).on('close', () => clearTimeout(timer));
}

async function answer(
  request: ReturnType<typeof parseRequest>,
  socket: Socket,
  handler: ControlHandler,
  inTurn: InTurn,
): Promise<void> {
  switch (request.ask) {
    case 'status':
      return send(socket, { v: 1, status: handler.status() });
    case 'edit':
      return send(
        socket,
        await inTurn(async () => {
          const { policy, session } = handler.status();
          const next = applyEdit(policy, request.edit);
          const changed = next !== policy;
          const cut = changed ? await handler.setPolicy(next) : 0;
          return { v: 1, edited: { session, changed, cut } };
        }),
      );
    case 'log': {
      const stop = handler.subscribe((record) => {
        if (socket.writableLength > MAX_BEHIND) socket.destroy();
        else socket.write(encodeFrame({ v: 1, record }));
      });
      socket.once('close', stop);
    }
  }
}

function send(socket: Socket, reply: ControlReply): void {
  socket.end(encodeFrame(reply));
}

function refuse(socket: Socket, thrown: unknown): void {
  const { code, message } =
    thrown instanceof TypeError || thrown instanceof SyntaxError
      ? { code: 'invalid_argument', message: `not a question: ${thrown.message}` }
      : CtError.from(thrown);
  send(socket, { v: 1, error: { code, message } });
}
