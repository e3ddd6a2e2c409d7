import type { LimitWish } from '../sandbox/limits.ts';

/** What the user asked of `ct run`, as parsed from argv. Nothing is resolved yet. */
export interface RunOptions {
  readonly agent: string;
  /** Everything after the agent's name, verbatim */
  readonly args: readonly string[];
  readonly detach: boolean;
  /** Who serves the models, for Claude Code */
  readonly provider?: string;
  /** One run's network, over the configuration's */
  readonly network: NetworkMode | undefined;
  /** Ports of the host that lead to servers inside */
  readonly published: readonly PublishedPort[];
  /** `ct network learn`: let pass what no rule allows, and say at the end what it was */
  readonly record?: 'learn' | 'shadow';
  /** A seccomp profile's name or path, over the configuration's */
  readonly seccomp?: string;
  /** Watch for system calls that the filter refuses, and name them */
  readonly explainDenials?: boolean;
  /** Protected paths that this run may write to, over the configuration's */
  readonly writable?: readonly string[];
  /** Hidden files that this run may read, over the configuration's */
  readonly visible?: readonly string[];
  /** Whether to report at the end what the host may execute; the configuration's when missing */
  readonly review?: boolean;
  /** One run's preset, over the configuration's */
  readonly preset: string | undefined;
  /** One run's limits, over the configuration's */
  readonly limits: Partial<LimitWish>;
}

/** A run without any option: everything as configured. */
export const PLAIN_RUN: Omit<RunOptions, 'agent'> = {
  args: [],
  detach: false,
  network: undefined,
  published: [],
  preset: undefined,
  limits: {},
};

/** How a session reaches the network. */
export type NetworkMode = 'strict' | 'permissive' | 'offline';

/** A port of the host that leads to a port of the session's loopback. */
export interface PublishedPort {
  readonly hostAddress: string;
  readonly hostPort: number;
  readonly port: number;
}
