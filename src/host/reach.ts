import { connect, type Socket } from 'node:net';

/** A connection to whoever listens on a unix socket, or `undefined` when nobody does. */
export function reach(path: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const absent = (): void => resolve(undefined);
    socket.once('error', absent);
    socket.once('connect', () => {
      socket.off('error', absent).on('error', () => undefined);
      resolve(socket);
    });
  });
}
