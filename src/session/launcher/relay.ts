import type { Socket } from 'node:net';
import { Transform, type Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { ProcessStreams } from '../../engine/engine.ts';
import { frameHeader, type Channel } from '../../engine/streams.ts';
import { untilMark } from './mark.ts';

/** How a program is seen to end. */
interface Ending {
  /** What its launcher ends both outputs with */
  readonly mark: string;
  /** What the engine says, later, and of every end */
  readonly status: () => Promise<number>;
  /** Called when it writes and nobody is there to read: a pipe would send SIGPIPE */
  readonly onUnread: () => void;
}

/**
 * Carries a program's bytes over the line of a client: what comes is its input until the client ends its half, what
 * goes is its output in the frames that engines use (`processStreams` reads them). Back-pressure goes all the way in
 * both directions. From a client that is gone the program reads the end of its input; what it writes then is dropped, so
 * that its launcher does not wait for a reader for ever.
 *
 * The exit status comes last, unless nobody can tell it. Resolves when nothing is carried any more.
 */
export async function relayProgram(
  socket: Socket,
  streams: ProcessStreams,
  { mark, status, onUnread }: Ending,
): Promise<void> {
  const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  void gone.then(() => streams.stdin.end());
  // Whoever is gone is seen by the end of it.
  for (const stream of [socket, streams.stdin]) stream.on('error', () => undefined);
  socket.pipe(streams.stdin);
  let marked: number | undefined;
  const carry = (output: Readable, channel: Channel): Promise<void> => {
    const framed = output.pipe(untilMark(mark, (told) => (marked = told))).pipe(inFrames(channel));
    framed.pipe(socket, { end: false });
    void gone.then(() => framed.once('data', onUnread).resume());
    return finished(framed, { writable: false });
  };
  const { stdout, stderr } = streams;
  const carried = Promise.all([
    carry(stdout, 'stdout'),
    ...(stderr === undefined ? [] : [carry(stderr, 'stderr')]),
  ]);
  const broken = new Promise<never>((_, reject) => void streams.ended.catch(reject));
  const told = Promise.race([carried, broken]).then(
    async () => marked ?? streams.ended.then(status),
  );
  const last = await Promise.race([told.catch(() => undefined), gone]);
  if (last !== undefined) socket.write(frame('status', Buffer.of(last)));
  socket.end();
}

/** Each frame in one piece: several channels share the line. */
function inFrames(channel: Channel): Transform {
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => done(undefined, frame(channel, chunk)),
  });
}

function frame(channel: Channel, piece: Buffer): Buffer {
  return Buffer.concat([frameHeader(channel, piece.length), piece]);
}
