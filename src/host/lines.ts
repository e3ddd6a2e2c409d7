import type { Socket } from 'node:net';
import { CtError } from '../base/errors.ts';

/** Longest line: a policy with thousands of rules. `bytes` */
export const MAX_LINE = 4 * 1024 * 1024;

const NEWLINE = 0x0a;

/**
 * The first line that comes over a socket, as JSON.
 *
 * Errors: unavailable when it ends before · invalid_argument for what is no line of JSON, or longer than
 * {@link MAX_LINE} · deadline_exceeded
 */
export function readLine(socket: Socket, deadlineMs: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const done = (work: () => void): void => {
      clearTimeout(timer);
      socket.off('data', onData).off('close', onEnd).off('end', onEnd).off('error', onEnd);
      work();
    };
    const onData = (chunk: Buffer): void => {
      const end = chunk.indexOf(NEWLINE);
      chunks.push(end < 0 ? chunk : chunk.subarray(0, end));
      size += chunks.at(-1)?.length ?? 0;
      if (size > MAX_LINE) done(() => reject(tooLong()));
      else if (end >= 0) done(() => settle(Buffer.concat(chunks), resolve, reject));
    };
    const onEnd = (): void =>
      done(() => reject(new CtError('unavailable', 'the other side hung up')));
    const timer = setTimeout(() => {
      done(() => reject(new CtError('deadline_exceeded', 'no answer in time')));
    }, deadlineMs);
    socket.on('data', onData).on('close', onEnd).on('end', onEnd).on('error', onEnd);
  });
}

function settle(
  line: Buffer,
  resolve: (value: unknown) => void,
  reject: (why: CtError) => void,
): void {
  try {
    resolve(JSON.parse(line.toString('utf8')));
  } catch (thrown) {
    reject(new CtError('invalid_argument', 'not a line of JSON', { cause: thrown }));
  }
}

function tooLong(): CtError {
  return new CtError('invalid_argument', `a line that is longer than ${MAX_LINE} bytes`);
}

/** Every line that comes from now on, as JSON. Whoever sends something else, or too much, is hung up on. */
export function eachLine(socket: Socket, take: (value: unknown) => void): void {
  let chunks: Buffer[] = [];
  let size = 0;
  const end = (line: Buffer): void => {
    try {
      take(JSON.parse(line.toString('utf8')));
    } catch {
      socket.destroy();
    }
  };
  socket.on('data', (chunk: Buffer) => {
    let rest = chunk;
    for (let at = rest.indexOf(NEWLINE); at >= 0; at = rest.indexOf(NEWLINE)) {
      end(Buffer.concat([...chunks, rest.subarray(0, at)]));
      [chunks, size, rest] = [[], 0, rest.subarray(at + 1)];
    }
    chunks.push(rest);
    size += rest.length;
    if (size > MAX_LINE) socket.destroy();
  });
}

/** The lines of a socket, one after the other, each as JSON; what comes before it is asked for waits. */
export class LineReader {
  readonly #lines: unknown[] = [];
  #waiting: (() => void) | undefined;
  #hasEnded = false;

  constructor(socket: Socket) {
    const wake = (): void => this.#waiting?.();
    const end = (): void => {
      this.#hasEnded = true;
      wake();
    };
    eachLine(socket, (line) => {
      this.#lines.push(line);
      wake();
    });
    socket.once('end', end).once('close', end);
  }

  /**
   * The next one; without a deadline it is waited for as long as the other side is there. `deadlineMs` in `ms`.
   *
   * Errors: unavailable when the other side hangs up before, and when it was hung up on, see `eachLine` ·
   * deadline_exceeded
   */
  async next(deadlineMs?: number): Promise<unknown> {
    let isLate = false;
    const late = (): void => {
      isLate = true;
      this.#waiting?.();
    };
    const timer = deadlineMs === undefined ? undefined : setTimeout(late, deadlineMs);
    try {
      while (this.#lines.length === 0) {
        if (this.#hasEnded) throw new CtError('unavailable', 'the other side hung up');
        if (isLate) throw new CtError('deadline_exceeded', 'no answer in time');
        await new Promise<void>((resolve) => (this.#waiting = resolve));
      }
      return this.#lines.shift();
    } finally {
      clearTimeout(timer);
    }
  }
}

/** One line of JSON. */
export function writeLine(socket: Socket, value: object): void {
  socket.write(`${JSON.stringify(value)}\n`);
}
