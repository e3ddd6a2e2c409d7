import { fstatSync, write } from 'node:fs';
import { Writable } from 'node:stream';

/**
 * A standard output of this process as a stream that never blocks the event loop.
 *
 * `process.stdout` writes to pipes synchronously: with a slow reader, signals would wait until it
 * reads. Partial writes and EAGAIN (another process made the shared file description non-blocking)
 * are handled; EPIPE comes out as the stream's error.
 */
export function openOutput(fd: 1 | 2): Writable {
  return new Writable({
    highWaterMark: 256 * 1024,
    write: (chunk: Buffer, _encoding, done) => writeAll(fd, chunk, 0, done),
  });
}

function writeAll(fd: number, chunk: Buffer, offset: number, done: (error?: Error) => void): void {
  write(fd, chunk, offset, chunk.length - offset, null, (error, written) => {
    if (error?.code === 'EAGAIN') {
      setTimeout(() => writeAll(fd, chunk, offset, done), 2);
      return;
    }
    if (error) done(error);
    else if (offset + written < chunk.length) writeAll(fd, chunk, offset + written, done);
    else done();
  });
}

/**
 * Whether there is nothing to read on standard input: whoever started this process closed it (`ct run … <&-`), or gave
 * /dev/null, as scripts and services do. Node would load eight modules to find its end.
 *
 * Source: null(4); devices.txt of the kernel, 1:3
 */
export function hasNoInput(): boolean {
  try {
    const stat = fstatSync(0);
    return stat.isCharacterDevice() && stat.rdev === NULL_DEVICE;
  } catch {
    return true;
  }
}

/** Major 1, minor 3 */
const NULL_DEVICE = 0x103;
