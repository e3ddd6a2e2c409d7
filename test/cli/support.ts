import { PassThrough, Writable } from 'node:stream';
import type { CtContext } from '../../src/cli/context.ts';

/** A stream that keeps what is written to it. */
export class Sink extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** A process for `main`: nothing of the real one is seen. */
export function fakeContext(parts: { uid?: number; env?: NodeJS.ProcessEnv } = {}) {
  const stdout = new Sink();
  const stderr = new Sink();
  const context: CtContext = {
    env: parts.env ?? {},
    stdin: new PassThrough(),
    stdout,
    stderr,
    colorDepth: 1,
    uid: parts.uid ?? 1000,
  };
  return { context, stdout, stderr };
}
