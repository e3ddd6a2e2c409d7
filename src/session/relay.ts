import { Transform, type Readable, type Writable } from 'node:stream';
import type { ProcessStreams } from '../engine/engine.ts';
import { fileError } from '../host/errors.ts';
import { isForeground } from '../host/process.ts';
import { hasNoInput, openOutput } from '../host/stdio.ts';

/** Why a connection's relay came to its end. */
export type RelayEnd =
  /** The engine closed the streams: ask it why */
  | 'streams-ended'
  /** Whoever read our stdout went away */
  | 'reader-gone';

/**
 * Carries bytes between this process's standard streams and a process inside.
 *
 * Back-pressure goes all the way: a slow reader here slows the writer inside and memory stays flat.
 * Input that ends here is closed inside while output flows on. Reconnecting (after the engine was
 * restarted) uses the same relay with new streams.
 */
export class Relay {
  readonly #stdout: Writable = openOutput(1);
  readonly #stderr: Writable = openOutput(2);
  readonly #input: Readable | undefined;
  readonly #readerGone: Promise<'reader-gone'>;
  readonly #onInput: ((chunk: Buffer) => Buffer) | undefined;
  #inputEnded = false;
  #target: Writable | undefined;

  /** `onInput` sees what the user typed, and says what of it is passed on. */
  constructor(onInput?: (chunk: Buffer) => Buffer) {
    this.#onInput = onInput;
    this.#input = hasNoInput() ? undefined : process.stdin;
    this.#input?.once('end', () => (this.#inputEnded = true));
    // A terminal that hangs up ends a read, or fails it (EIO, read(2)): no more input either way.
    this.#input?.on('error', () => {
      this.#inputEnded = true;
      this.#target?.end();
    });
    this.#readerGone = new Promise((resolve) => {
      this.#stdout.on('error', (error: NodeJS.ErrnoException) => {
        // A reader that left knows it; whoever finds half a file does not.
        if (error.code !== 'EPIPE') this.#stderr.write(`ct: ${cannotWrite(error)}\n`);
        resolve('reader-gone');
      });
    });
    // A closed stderr is no reason to end: a local program would not even notice.
    this.#stderr.on('error', () => undefined);
  }

  /** Relays until the streams end. May be called again with the streams of a new connection. */
  async connect(streams: ProcessStreams): Promise<RelayEnd> {
    streams.stdout.pipe(this.#stdout, { end: false });
    streams.stderr?.pipe(this.#stderr, { end: false });
    this.#feed(streams.stdin);
    const ended = streams.ended.then(
      () => 'streams-ended' as const,
      () => 'streams-ended' as const,
    );
    const end = await Promise.race([ended, this.#readerGone]);
    if (this.#target !== undefined) this.#input?.unpipe(this.#target);
    if (end === 'streams-ended') return Promise.race([this.#flushed(), this.#readerGone]);
    // The engine cannot finish a container whose output nobody takes.
    streams.close();
    return end;
  }

  /** Lets go of standard input, so that nothing more is read from it and the process may end. */
  close(): void {
    if (this.#input === undefined) return;
    this.#input.removeAllListeners('end');
    this.#input.pause();
    process.stdin.unref?.();
  }

  #feed(target: Writable): void {
    // The process inside may close its end at any time (`head -1`): that is its right.
    target.on('error', () => undefined);
    this.#target = this.#onInput === undefined ? target : through(this.#onInput, target);
    if (this.#input === undefined || this.#inputEnded) {
      this.#target.end();
      return;
    }
    // A background job that reads its terminal is stopped by the kernel, so it does not try.
    if (process.stdin.isTTY && !isForeground()) return;
    this.#input.pipe(this.#target);
  }

  /** Waits until what was read from the session is written here. */
  async #flushed(): Promise<'streams-ended'> {
    const drained = (stream: Writable): Promise<void> =>
      new Promise((resolve) => {
        if (stream.destroyed) resolve();
        else stream.write(Buffer.alloc(0), () => resolve());
      });
    await Promise.all([drained(this.#stdout), drained(this.#stderr)]);
    return 'streams-ended';
  }
}

/** Passes on to `target` what `pick` leaves of each chunk. */
function through(pick: (chunk: Buffer) => Buffer, target: Writable): Writable {
  const filter = new Transform({
    transform: (chunk: Buffer, _encoding, done) => done(undefined, pick(chunk)),
  });
  filter.pipe(target);
  return filter;
}

function cannotWrite(error: Error): string {
  return fileError(error, 'write to', 'standard output').message;
}
