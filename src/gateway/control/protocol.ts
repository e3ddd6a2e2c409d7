import type { PolicyEdit } from '../../network/edit.ts';
import type { NetworkPolicy } from '../../network/policy.ts';
import type { NetworkRecord } from '../../network/record.ts';

/** What may be asked of the process that owns a session; one question a connection. */
export type ControlRequest =
  | { readonly v: 1; readonly ask: 'status' }
  /** Answered when the change is in force */
  | { readonly v: 1; readonly ask: 'edit'; readonly edit: PolicyEdit }
  /** Answered by records as they come, until one side hangs up */
  | { readonly v: 1; readonly ask: 'log' };

/** One frame of an answer. */
export type ControlReply =
  | { readonly v: 1; readonly status: NetworkStatus }
  | { readonly v: 1; readonly edited: EditResult }
  | { readonly v: 1; readonly record: NetworkRecord }
  | { readonly v: 1; readonly error: { readonly code: string; readonly message: string } };

/** A session's network as it is now. */
export interface NetworkStatus {
  readonly session: string;
  readonly agent: string;
  readonly policy: NetworkPolicy;
  /** Names that have an address */
  readonly names: number;
  readonly connections: readonly Connection[];
  readonly counts: { readonly allowed: number; readonly denied: number };
}

/** A connection that is open. */
export interface Connection {
  readonly name?: string;
  readonly address?: string;
  readonly port: number;
  readonly rule?: string;
  /** Bytes to the other side and back so far */
  readonly sent: number;
  readonly received: number;
  /** How long it has been open, in milliseconds */
  readonly openMs: number;
}

/** What a change of the policy came to. */
export interface EditResult {
  readonly session: string;
  /** Whether the policy is another one than before */
  readonly changed: boolean;
  /** Connections that were cut since nothing allows them any more */
  readonly cut: number;
}

/** Larger than a policy of ten thousand rules, smaller than any trouble. `bytes` */
export const MAX_FRAME = 4 * 1024 * 1024;

/** A frame: its length in four bytes, then JSON. */
export function encodeFrame(value: ControlRequest | ControlReply): Buffer {
  const body = Buffer.from(JSON.stringify(value));
  const frame = Buffer.allocUnsafe(4 + body.length);
  frame.writeUInt32BE(body.length);
  body.copy(frame, 4);
  return frame;
}

/** Puts frames together from pieces of any size. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #size = 0;

  /** The values of the frames that are whole now. Throws a TypeError for what is no frame. */
  push(chunk: Buffer): readonly unknown[] {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    const values: unknown[] = [];
    while (this.#size >= 4) {
      if ((this.#chunks[0]?.length ?? 0) < 4) this.#join();
      const length = this.#chunks[0]?.readUInt32BE() ?? 0;
      if (length > MAX_FRAME) throw new TypeError('a frame that is too large');
      if (this.#size < 4 + length) break;
      this.#join();
      const [whole = Buffer.alloc(0)] = this.#chunks;
      values.push(parse(whole.subarray(4, 4 + length)));
      this.#chunks = [whole.subarray(4 + length)];
      this.#size -= 4 + length;
    }
    return values;
  }

  #join(): void {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
  }
}

function parse(body: Buffer): unknown {
  const value: unknown = JSON.parse(body.toString('utf8'));
  if (typeof value !== 'object' || value === null || (value as { v?: unknown }).v !== 1) {
    throw new TypeError('a frame of another version');
  }
  return value;
}
