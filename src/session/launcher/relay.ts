import type { Socket } from 'node:net';
import { Transform } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { ProcessStreams } from '../../engine/engine.ts';
import { frameHeader, type Channel } from '../../engine/streams.ts';

/**
 * Carries a program's bytes over the line of a client: what comes is its input until the client ends its half, what
 * goes is its output in the frames that engines use (`processStreams` reads them). Back-pressure goes all the way in
 * both directions. From a client that is gone the program reads the end of its input; that it reads nothing either
 * is seen when the program writes.
 *
 * The exit status comes last, unless the engine cannot tell it. Resolves when nothing is carried any more.
 */
export async function relayProgram(
  socket: Socket,
  streams: ProcessStreams,
  status: () => Promise<number>,
): Promise<void> {
  const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  void gone.then(() => streams.close());
  // Whoever is gone is seen by the end of it.
  for (const stream of [socket, streams.stdin]) stream.on('error', () => undefined);
  socket.pipe(streams.stdin);
  const outputs = [
    streams.stdout.pipe(framed('stdout')),
    ...(streams.stderr === undefined ? [] : [streams.stderr.pipe(framed('stderr'))]),
  ];
  for (const output of outputs) output.pipe(socket, { end: false });
  const carried = Promise.all([streams.ended, ...outputs.map((output) => finished(output))]);
  const told = carried.then(status).then((code) => frame('status', Buffer.of(code)));
  const last = await Promise.race([told.catch(() => undefined), gone]);
  if (last !== undefined) socket.write(last);
  socket.end();
}

/** Each frame in one piece: several channels share the line. */
function framed(channel: Channel): Transform {
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => done(undefined, frame(channel, chunk)),
  });
}

function frame(channel: Channel, piece: Buffer): Buffer {
  return Buffer.concat([frameHeader(channel, piece.length), piece]);
}
