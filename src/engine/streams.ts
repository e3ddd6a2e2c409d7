import type { Socket } from 'node:net';
import { Readable, Writable } from 'node:stream';
import { CtError } from '../base/errors.ts';
import type { ProcessStreams } from './engine.ts';

/** Channels of a multiplexed stream; engines have the first two, and the user's service tells the exit status too. */
export type Channel = 'stdout' | 'stderr' | 'status';

/** What begins their frames. */
const NUMBERS: Readonly<Record<Channel, number>> = { stdout: 1, stderr: 2, status: 3 };

const HEADER_BYTES = 8;
/** Read ahead of the consumer, for each channel, `bytes` */
const WINDOW_BYTES = 256 * 1024;

/**
 * Takes apart the frames of a process without a terminal: `[channel, 0, 0, 0, length (big endian)]`
 * and then that many bytes.
 *
 * Payload is passed on as it comes and never gathered, so the length that a frame claims costs
 * nothing. A header that breaks the form throws: after it nothing on the connection can be trusted.
 *
 * Errors: unavailable for a broken header
 * Source: Docker Engine API "Attach to a container, stream format"
 */
export class FrameParser {
  readonly #emit: (channel: Channel, piece: Buffer) => void;
  readonly #channels: readonly Channel[];
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #headerFill = 0;
  #channel: Channel = 'stdout';
  #payloadLeft = 0;

  constructor(
    emit: (channel: Channel, piece: Buffer) => void,
    channels: readonly Channel[] = ['stdout', 'stderr'],
  ) {
    this.#emit = emit;
    this.#channels = channels;
  }

  /** Whether the stream may end here. */
  get atBoundary(): boolean {
    return this.#headerFill === 0 && this.#payloadLeft === 0;
  }

  /** Takes the next bytes; pieces given to `emit` are views of `chunk`. */
  push(chunk: Buffer): void {
    let offset = 0;
    while (offset < chunk.length) {
      offset =
        this.#payloadLeft > 0 ? this.#payload(chunk, offset) : this.#readHeader(chunk, offset);
    }
  }

  #payload(chunk: Buffer, offset: number): number {
    const end = Math.min(chunk.length, offset + this.#payloadLeft);
    this.#payloadLeft -= end - offset;
    this.#emit(this.#channel, chunk.subarray(offset, end));
    return end;
  }

  #readHeader(chunk: Buffer, offset: number): number {
    const end = Math.min(chunk.length, offset + HEADER_BYTES - this.#headerFill);
    this.#headerFill += chunk.copy(this.#header, this.#headerFill, offset, end);
    if (this.#headerFill < HEADER_BYTES) return end;
    this.#headerFill = 0;
    const channel = this.#channels.find((name) => NUMBERS[name] === this.#header[0]);
    const padded = this.#header[1] === 0 && this.#header[2] === 0 && this.#header[3] === 0;
    if (channel === undefined || !padded) {
      throw new CtError('unavailable', 'the engine sent output that is not in frames', {
        details: { header: this.#header.toString('hex') },
      });
    }
    this.#channel = channel;
    this.#payloadLeft = this.#header.readUInt32BE(4);
    return end;
  }
}

/** What stands before `length` bytes of a channel; see {@link FrameParser}. */
export function frameHeader(channel: Channel, length: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header[0] = NUMBERS[channel];
  header.writeUInt32BE(length, 4);
  return header;
}

/** How a connection to a process inside is to be read. */
export interface StreamsOptions {
  readonly terminal: boolean;
  readonly stdin: boolean;
  /** Told the exit status where the connection carries it, one byte, before it ends */
  readonly onStatus?: (status: number) => void;
}

/**
 * Makes the streams of a process out of the connection that an engine upgraded.
 *
 * Memory is bounded: when the reader of either channel falls behind, the connection is not read, and
 * the writer inside blocks. So both channels must be read. A connection that breaks ends the streams
 * as well and rejects `ended`, which alone tells the two apart. `stdin` never fails: what is written
 * to a process that has ended is dropped.
 */
export function processStreams(socket: Socket, options: StreamsOptions): ProcessStreams {
  const stdout = outputStream(socket);
  const stderr = options.terminal ? undefined : outputStream(socket);
  const outputs = stderr === undefined ? [stdout] : [stdout, stderr];
  let failure: CtError | undefined;
  let over = false;
  const finish = (error?: CtError): void => {
    if (over) return;
    over = true;
    failure = error;
    for (const output of outputs) output.push(null);
    // Bytes that the process never read must not hold the connection open.
    if (error !== undefined) socket.destroy();
  };
  const deliver = (output: Readable, piece: Buffer): void => {
    if (!output.destroyed && !output.push(piece)) socket.pause();
  };
  const { onStatus } = options;
  const parser = new FrameParser(
    (channel, piece) => {
      if (channel === 'status') return onStatus?.(piece[0] ?? 0);
      deliver(channel === 'stdout' ? stdout : (stderr ?? stdout), piece);
    },
    onStatus === undefined ? undefined : ['stdout', 'stderr', 'status'],
  );
  socket.on('data', (chunk: Buffer) => {
    if (over) return;
    if (options.terminal) return deliver(stdout, chunk);
    try {
      parser.push(chunk);
    } catch (thrown) {
      finish(CtError.from(thrown));
    }
  });
  socket.on('end', () => finish(parser.atBoundary ? undefined : brokenOff()));
  socket.on('error', (error) => finish(brokenOff(error)));
  socket.on('close', () => finish(brokenOff()));
  const ended = Promise.all(outputs.map(closed)).then(() => {
    socket.destroy();
    if (failure !== undefined) throw failure;
    if (!over) throw new CtError('canceled', 'the connection was closed on this side');
  });
  ended.catch(() => undefined);
  return {
    stdin: inputStream(socket, options.stdin),
    stdout,
    stderr,
    ended,
    close: () => {
      for (const output of outputs) output.destroy();
      socket.destroy();
    },
  };
}

function outputStream(socket: Socket): Readable {
  return new Readable({
    highWaterMark: WINDOW_BYTES,
    read: () => void socket.resume(),
    // A reader that left must not hold up the other channel.
    destroy: (error, done) => {
      socket.resume();
      done(error);
    },
  });
}

function inputStream(socket: Socket, wanted: boolean): Writable {
  let open = wanted;
  socket.once('close', () => (open = false));
  return new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      if (!open || !socket.writable) return done();
      socket.write(chunk, (error) => {
        if (error != null) open = false;
        done();
      });
    },
    final: (done) => {
      if (!open || !socket.writable) return done();
      socket.end(() => done());
    },
  });
}

function closed(stream: Readable): Promise<void> {
  return new Promise((resolve) => stream.once('close', () => resolve()));
}

function brokenOff(cause?: Error): CtError {
  return new CtError('unavailable', 'the connection to the engine broke off', { cause });
}
