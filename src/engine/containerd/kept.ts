import { closeSync, constants, existsSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { Tail } from './tail.ts';

/** Of each stream, `bytes`: some screens full, whatever the agent writes */
const KEPT_BYTES = 256 * 1024;

interface Output {
  readonly path: string;
  readonly tail: Tail;
  socket: Socket | undefined;
}

/** The output of one container whom nobody follows, read by us or lent to who attached. */
export class Kept {
  readonly #outputs: readonly Output[];
  readonly #onEnd: () => void;
  #isLent = false;

  /** `dir` has its FIFOs; `onEnd` is called when both streams have ended while we read. */
  constructor(dir: string, onEnd: () => void) {
    this.#onEnd = onEnd;
    this.#outputs = ['out', 'err']
      .map((name) => `${dir}/${name}`)
      // A terminal has one stream.
      .filter((path) => existsSync(path))
      .map((path) => ({ path, tail: new Tail(KEPT_BYTES), socket: undefined }));
  }

  get isLent(): boolean {
    return this.#isLent;
  }

  /** Begins to read; false when the FIFOs are gone. */
  read(): boolean {
    this.#isLent = false;
    try {
      for (const output of this.#outputs) this.#open(output);
    } catch {
      this.drop();
      return false;
    }
    return this.#outputs.length > 0;
  }

  #open(output: Output): void {
    const fd = openSync(output.path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      output.socket = new Socket({ fd, readable: true, writable: false });
    } catch (thrown) {
      closeSync(fd);
      throw thrown;
    }
    const { socket } = output;
    socket
      .on('error', () => undefined)
      .on('data', (chunk: Buffer) => output.tail.push(chunk))
      .once('end', () => socket.destroy())
      .once('close', () => {
        // Closed by us, or by the end of the program?
        if (output.socket !== socket) return;
        output.socket = undefined;
        if (this.#outputs.every((each) => each.socket === undefined)) this.#onEnd();
      });
  }

  /** What was kept of stdout and stderr; from here on somebody else reads. */
  lend(): readonly [Buffer, Buffer] {
    this.#isLent = true;
    this.drop();
    const [out, err] = this.#outputs.map(({ tail }) => tail.take());
    return [out ?? Buffer.alloc(0), err ?? Buffer.alloc(0)];
  }

  /** Stops reading. What was read and not seen yet is kept. */
  drop(): void {
    for (const output of this.#outputs) {
      const { socket } = output;
      output.socket = undefined;
      socket?.pause();
      for (let chunk; (chunk = socket?.read() as Buffer | null | undefined);) {
        output.tail.push(chunk);
      }
      socket?.destroy();
    }
  }
}
