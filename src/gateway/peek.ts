import type { Socket } from 'node:net';

/**
 * Reads the beginning of a stream, chunk by chunk, until `judge` has an opinion, then puts everything
 * back, so that whoever reads next gets the stream from its first byte. Resolves to `undefined` when
 * the stream ended, broke or said nothing decisive in time; what a stream had said when it ended is lost
 * then.
 *
 * `judge` answers `undefined` to ask for more, and must bound what it asks for.
 */
export function peek<T>(
  socket: Socket,
  judge: (chunk: Buffer) => T | undefined,
  deadlineMs: number,
): Promise<T | undefined> {
  // One that has ended or broken already says so no second time.
  if (socket.readableEnded || socket.destroyed) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const done = (opinion: T | undefined): void => {
      clearTimeout(timer);
      socket.off('readable', onReadable).off('end', onEnd).off('close', onEnd);
      // What has ended cannot be given back; without an opinion nobody reads it either.
      if (chunks.length > 0 && !socket.destroyed && !socket.readableEnded)
        socket.unshift(Buffer.concat(chunks));
      resolve(opinion);
    };
    const onReadable = (): void => {
      for (let chunk = read(socket); chunk !== null; chunk = read(socket)) {
        chunks.push(chunk);
        const opinion = judge(chunk);
        if (opinion !== undefined) return done(opinion);
      }
    };
    const onEnd = (): void => done(undefined);
    const timer = Number.isFinite(deadlineMs) ? setTimeout(onEnd, deadlineMs) : undefined;
    socket.on('readable', onReadable).on('end', onEnd).on('close', onEnd);
  });
}

function read(socket: Socket): Buffer | null {
  return socket.read() as Buffer | null;
}
