import type { AllowReason, DenyReason } from './policy.ts';

/**
 * One line of a session's network log: a name that was asked for, or a connection that was refused or
 * has ended. Plain data; a line of JSON in the file, a line of text on the screen.
 */
export interface NetworkRecord {
  /** `milliseconds` since the epoch */
  readonly time: number;
  readonly session: string;
  readonly event: 'dns' | 'connect' | 'limit' | 'policy';
  /** Normalised name, if there was one */
  readonly name?: string;
  /** Address that was asked for (without a name), or that was dialled */
  readonly address?: string;
  readonly port?: number;
  readonly protocol?: 'tcp' | 'udp' | 'icmp' | 'other';
  readonly verdict: 'allow' | 'deny';
  readonly reason: RecordReason;
  /** Text of the rule that decided */
  readonly rule?: string;
  readonly detail?: string;
  /** Bytes to the other side and back, for a connection that has ended */
  readonly sent?: number;
  readonly received?: number;
  /** How long a connection was open, in milliseconds */
  readonly durationMs?: number;
}

/** Why: the policy's reasons, and those that only a connection has. */
export type RecordReason =
  | AllowReason
  | DenyReason
  /** TLS without a server name, or with another one than the address stands for */
  | 'no_sni'
  | 'sni'
  /** TLS with an encrypted ClientHello: which host it is for cannot be seen */
  | 'ech'
  /** not TLS on port 443, not HTTP on port 80 */
  | 'protocol'
  /** HTTP for another host than the address stands for */
  | 'host'
  /** the rule was taken away while the connection was open */
  | 'revoked'
  /** too many names, connections or questions */
  | 'limit'
  /** the name could not be resolved, or nobody answered there */
  | 'unreachable';

/** Equal attempts that were denied, and how many there were. */
export interface DeniedSummary {
  readonly record: NetworkRecord;
  readonly times: number;
}
