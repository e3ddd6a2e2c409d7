import { closeSync, constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { Writable, type Readable } from 'node:stream';
import { setImmediate as afterRequests } from 'node:timers/promises';
import { CtError } from '../../base/errors.ts';
import { runProgram, systemPath } from '../../host/exec.ts';
import { fileError } from '../../host/errors.ts';
import { tryLock } from '../../host/lock.ts';
import type { ProcessStreams } from '../engine.ts';

/** FIFOs of a process; an empty path is a stream that it does not have. */
export interface IoPaths {
  readonly stdin: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Which streams a process has. */
export interface IoWish {
  readonly stdin: boolean;
  readonly terminal: boolean;
}

/** The paths in `dir`; `prefix` tells the processes of a container apart. */
export function ioPaths(dir: string, prefix: string, wish: IoWish): IoPaths {
  return {
    stdin: wish.stdin ? `${dir}/${prefix}in` : '',
    stdout: `${dir}/${prefix}out`,
    stderr: wish.terminal ? '' : `${dir}/${prefix}err`,
  };
}

/**
 * Makes the FIFOs of a process while the engine answers, since that costs a process. What the engine says counts
 * first: where a container is gone its directory is too. Settles when both have.
 */
export async function makeFifosDuring<T>(answer: Promise<T>, paths: IoPaths): Promise<T> {
  const [said, made] = await Promise.allSettled([answer, makeFifos(paths)]);
  if (said.status === 'rejected') throw said.reason;
  if (made.status === 'rejected') throw made.reason;
  return said.value;
}

/**
 * By mkfifo(1): Node has no call for it. Starting a process keeps Node busy for milliseconds, so that requests
 * which were made before leave first.
 */
async function makeFifos(paths: IoPaths): Promise<void> {
  await afterRequests();
  const { exitStatus, stderr } = await runProgram(
    {
      program: 'mkfifo',
      args: ['-m', '0600', '--', ...[paths.stdin, paths.stdout, paths.stderr].filter(Boolean)],
      env: { PATH: systemPath(undefined) },
    },
    { deadlineMs: 10_000 },
  );
  if (exitStatus !== 0) {
    throw new CtError('failed_precondition', `cannot make the streams of a container: ${stderr}`);
  }
}

/**
 * Our ends of a process's FIFOs.
 *
 * Opened before the process is made: the output is then complete, and there is no end before somebody
 * has written. Reading is driven by epoll: a blocking open would hold one of libuv's four threads.
 */
export class Io {
  readonly #terminal: boolean;
  readonly #stdin: number | undefined;
  readonly #outputs: readonly number[];

  /** Errors: not_found when the FIFOs are gone */
  constructor(paths: IoPaths) {
    this.#terminal = paths.stderr === '';
    const { O_RDONLY, O_RDWR, O_NONBLOCK } = constants;
    const opened: number[] = [];
    const open = (path: string, mode: number): number => {
      const fd = openSync(path, mode | O_NONBLOCK);
      opened.push(fd);
      return fd;
    };
    try {
      // For writing only it could be opened once the engine has its own end.
      this.#stdin = paths.stdin === '' ? undefined : open(paths.stdin, O_RDWR);
      this.#outputs = [paths.stdout, paths.stderr]
        .filter((path) => path !== '')
        .map((path) => open(path, O_RDONLY));
    } catch (thrown) {
      for (const fd of opened) closeSync(fd);
      throw fileError(thrown, 'open the streams of the container', paths.stdout);
    }
  }

  /** Lets go of them without having read. */
  close(): void {
    for (const fd of [this.#stdin, ...this.#outputs]) if (fd !== undefined) closeSync(fd);
  }

  /**
   * The streams; this object is not used afterwards. `closeStdin` tells the engine that no more input
   * comes: it has a writing end of its own, and both must go before the process sees the end.
   */
  streams(closeStdin: () => Promise<void>, onEnd: () => void = () => undefined): ProcessStreams {
    const [stdout, stderr] = this.#outputs.map(outputOf);
    if (stdout === undefined) throw new CtError('internal', 'a process without output');
    const sayEnd = this.#terminal ? async () => undefined : closeStdin;
    const input = inputOf(this.#stdin, sayEnd);
    const outputs = stderr === undefined ? [stdout] : [stdout, stderr];
    const ended = Promise.all(outputs.map(closed)).then(() => {
      input.drop();
      onEnd();
    });
    ended.catch(() => undefined);
    return {
      stdin: input.stream,
      stdout,
      stderr,
      ended,
      close: () => {
        for (const output of outputs) output.destroy();
        input.drop();
        void sayEnd().catch(() => undefined);
      },
    };
  }
}

function outputOf(fd: number): Readable {
  const socket = new Socket({ fd, readable: true, writable: false });
  // A reader that was destroyed on purpose has no error that anybody would want.
  socket.on('error', () => undefined);
  return socket;
}

interface Input {
  readonly stream: Writable;
  /** Closes our end without a word to the engine */
  drop(): void;
}

/** Never fails: what is written to a process that has ended is dropped. */
function inputOf(fd: number | undefined, sayEnd: () => Promise<void>): Input {
  const socket = fd === undefined ? undefined : new Socket({ fd, readable: false, writable: true });
  let open = socket !== undefined;
  socket?.on('error', () => (open = false)).on('close', () => (open = false));
  // What holds only this open must not keep ct alive.
  socket?.unref();
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      if (!open || socket === undefined) return done();
      let told = false;
      const tell = (): void => {
        if (!told) done();
        told = true;
      };
      socket.once('close', tell);
      socket.write(chunk, () => {
        socket.off('close', tell);
        tell();
      });
    },
    final: (done) => {
      const say = (): void =>
        void sayEnd().then(
          () => done(),
          () => done(),
        );
      if (!open || socket === undefined) return done();
      socket.once('close', say);
      socket.end(() => socket.destroy());
    },
  });
  return {
    stream,
    drop: () => {
      open = false;
      socket?.destroy();
    },
  };
}

function closed(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    stream.once('close', () => resolve());
    stream.once('end', () => stream.destroy());
  });
}

/**
 * Makes this process the only reader of a container's output, until the returned call: two would each
 * get a part of it. Another may when the process dies.
 *
 * Errors: failed_precondition when another process reads
 */
export async function becomeReader(id: string, dir: string): Promise<() => void> {
  const leave = await tryLock({ dir: `${dir}/${id}`, name: 'reader' });
  if (leave !== undefined) return leave;
  throw new CtError(
    'failed_precondition',
    'another terminal is attached to it, and on containerd a session has one at a time',
    { hint: 'close that one first' },
  );
}
