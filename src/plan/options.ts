/** What the user asked of `ct run`, as parsed from argv. Nothing is resolved yet. */
export interface RunOptions {
  readonly agent: string;
  /** Everything after the agent's name, verbatim */
  readonly args: readonly string[];
  readonly detach: boolean;
  /** One run's network, over the configuration's */
  readonly network: NetworkMode | undefined;
  /** `ct network learn`: let pass what no rule allows, and say at the end what it was */
  readonly record?: 'learn' | 'shadow';
}

/** How a session reaches the network. */
export type NetworkMode = 'strict' | 'permissive' | 'offline';
