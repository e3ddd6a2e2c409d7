/**
 * An agent as data: how it is installed and started, and what it needs from the sandbox.
 *
 * Facts move fast: each entry is checked against the version that really installs.
 */
export interface Agent {
  /** The word that users type: lower-case letters, digits, `-` */
  readonly name: string;
  /** Product name for messages */
  readonly title: string;
  readonly install: AgentInstall;
  /** Program started inside, found on the PATH of its package */
  readonly command: string;
  /** Directories below the home that hold its state */
  readonly stateDirs: readonly string[];
  /** Non-secret variables it always gets */
  readonly env: Readonly<Record<string, string>>;
  /** Variables in which it looks for keys: candidates, each granted by the user or not at all */
  readonly secrets: readonly string[];
}

/** How an agent gets into the packages volume. `none` is for what the image already has. */
export type AgentInstall =
  | { readonly kind: 'npm'; readonly package: string; readonly version: string }
  | { readonly kind: 'none' };
