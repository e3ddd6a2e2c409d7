/** What the user asked of `ct run`, as parsed from argv. Nothing is resolved yet. */
export interface RunOptions {
  readonly agent: string;
  /** Everything after the agent's name, verbatim */
  readonly args: readonly string[];
  readonly detach: boolean;
  /** One run's network, over the configuration's */
  readonly network: NetworkMode | undefined;
  /** A seccomp profile's name or path, over the configuration's */
  readonly seccomp?: string;
  /** Watch for system calls that the filter refuses, and name them */
  readonly explainDenials?: boolean;
}

/** How a session reaches the network. `strict` is planned and refused until it can be kept. */
export type NetworkMode = 'permissive' | 'offline';
