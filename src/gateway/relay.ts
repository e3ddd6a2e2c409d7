import type { Socket } from 'node:net';

/** Bytes that went through a connection, from the session's side. */
export interface Traffic {
  readonly sent: number;
  readonly received: number;
}

/** A connection of which one side has said all it has to say is dropped after this without a byte, `ms` */
const HALF_OPEN_IDLE_MS = 30 * 60_000;
/** Idle time after which the kernel asks whether the other side is still there, `ms` */
const KEEP_ALIVE_MS = 60_000;

/**
 * Joins two sockets until both directions have ended; resolves to what went through.
 *
 * Each direction ends by itself ("send, shut down, read the answer" works), a slow reader slows its
 * writer down, and a side that breaks off breaks the other off too. There is no limit on time: a
 * stream may be silent for an hour.
 *
 * `ready` holds back what comes from inside; when it says no, both are broken off. Both sockets must
 * have been made with `allowHalfOpen`.
 */
export async function relay(
  inside: Socket,
  outside: Socket,
  ready: Promise<boolean> = Promise.resolve(true),
): Promise<Traffic> {
  for (const [socket, other] of [
    [inside, outside],
    [outside, inside],
  ] as const) {
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.on('error', () => breakOff(other));
    socket.on('timeout', () => breakOff(socket));
    socket.once('end', () => other.setTimeout(HALF_OPEN_IDLE_MS));
    socket.once('close', () => {
      if (!socket.readableEnded) breakOff(other);
    });
  }
  // What broke off while the other was being dialled does not do it again.
  if (inside.destroyed || outside.destroyed)
    for (const socket of [inside, outside]) breakOff(socket);
  outside.pipe(inside);
  const isReady = await ready;
  if (isReady) inside.pipe(outside);
  else for (const socket of [inside, outside]) breakOff(socket);
  await Promise.all([closed(inside), closed(outside)]);
  return { sent: outside.bytesWritten, received: outside.bytesRead };
}

/** Ends a connection so that the other side sees a reset, not an orderly end. */
export function breakOff(socket: Socket): void {
  if (!socket.destroyed) socket.resetAndDestroy();
}

function closed(socket: Socket): Promise<void> {
  if (socket.closed) return Promise.resolve();
  return new Promise((resolve) => socket.once('close', () => resolve()));
}
