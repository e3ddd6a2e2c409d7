/** Node's own name for the method that `console.log` and errors call. Source: Node.js util.inspect.custom */
const INSPECT = Symbol.for('nodejs.util.inspect.custom');

let bytesOf: (secret: Secret) => Buffer;

/** The same value under another name. */
export function renamed(secret: Secret, name: string): Secret {
  return new Secret(name, bytesOf(secret));
}

/**
 * A value that must not be seen. Printing, JSON and inspection show its name; the bytes come out by
 * {@link reveal} alone, which only delivery, redaction and the store import (test/arch/secrets.test.ts).
 */
export class Secret {
  readonly name: string;
  readonly #bytes: Buffer;

  static {
    bytesOf = (secret) => secret.#bytes;
  }

  constructor(name: string, bytes: Buffer) {
    this.name = name;
    this.#bytes = Buffer.from(bytes);
  }

  toString(): string {
    return `[secret ${this.name}]`;
  }

  toJSON(): string {
    return this.toString();
  }

  [INSPECT](): string {
    return this.toString();
  }
}

/** The bytes of a secret. A string cannot be wiped from memory, so they stay bytes as long as they can. */
export function reveal(secret: Secret): Buffer {
  return bytesOf(secret);
}
