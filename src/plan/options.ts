/** What the user asked of `ct run`, as parsed from argv. Nothing is resolved yet. */
export interface RunOptions {
  readonly agent: string;
  /** Everything after the agent's name, verbatim */
  readonly args: readonly string[];
  readonly detach: boolean;
  /** One run's network, over the configuration's */
  readonly network: NetworkMode | undefined;
  /** Protected paths that this run may write to, over the configuration's */
  readonly writable?: readonly string[];
  /** Hidden files that this run may read, over the configuration's */
  readonly visible?: readonly string[];
  /** Whether to report at the end what the host may execute; the configuration's when missing */
  readonly review?: boolean;
}

/** How a session reaches the network. `strict` is planned and refused until it can be kept. */
export type NetworkMode = 'permissive' | 'offline';
