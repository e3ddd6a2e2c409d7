/** One call to containerd, as bytes. */
export interface WireCall {
  /** `/package.Service/Method` */
  readonly path: string;
  readonly request: Buffer;
  readonly namespace: string;
  /** Lease that keeps what the call makes away from the garbage collector */
  readonly lease?: string | undefined;
  /** 0 for none, `ms` */
  readonly deadlineMs: number;
}

/** A way that calls with one answer take to containerd. */
export interface Channel {
  /** Errors: what gRPC gives: a status number as `code`, the daemon's words as `details` */
  unary(call: WireCall, signal?: AbortSignal): Promise<Uint8Array>;
  close(): void;
}
