/** The end of a stream: the last bytes of all that came, as many as fit. */
export class Tail {
  readonly #maxBytes: number;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #isCut = false;

  /** Keeps at most `maxBytes`. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Adds what came; the oldest goes. A copy: what a stream reads is a slice of a larger piece. */
  push(chunk: Buffer): void {
    const kept = chunk.subarray(Math.max(0, chunk.length - this.#maxBytes));
    this.#isCut ||= kept.length < chunk.length;
    this.#chunks.push(Buffer.from(kept));
    this.#bytes += kept.length;
    while (this.#bytes - (this.#chunks[0]?.length ?? 0) >= this.#maxBytes) {
      this.#bytes -= this.#chunks.shift()?.length ?? 0;
      this.#isCut = true;
    }
    // Many small pieces cost more than what is in them.
    if (this.#chunks.length > 1024) this.#chunks = [Buffer.concat(this.#chunks)];
  }

  /** What was kept, once. When something went before it, it begins with a whole line, if it has one. */
  take(): Buffer {
    const all = Buffer.concat(this.#chunks);
    const isCut = this.#isCut || all.length > this.#maxBytes;
    this.#chunks = [];
    this.#bytes = 0;
    this.#isCut = false;
    if (!isCut) return all;
    const end = all.subarray(Math.max(0, all.length - this.#maxBytes));
    return end.subarray(end.indexOf('\n') + 1);
  }
}
