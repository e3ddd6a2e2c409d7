/**
 * An agent as data: how it is installed and started, what it reads and writes, and whom it talks to.
 *
 * Facts move fast: `test/integration/agents.test.ts` installs what can be installed and holds each entry
 * against the program's own help (docs/adr/0015).
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
  /** File below the home with the user's rules for all projects; `undefined` when it has none */
  readonly rulesFile: string | undefined;
  /** Files below the home, one of which is there after a login; empty when that cannot be told */
  readonly loginFiles: readonly string[];
  /** Non-secret variables it always gets */
  readonly env: Readonly<Record<string, string>>;
  readonly yolo: Yolo;
  /**
   * Names of its own service and of the sign-in to it, as rules: what it cannot work without. Neither
   * telemetry nor updates
   */
  readonly domains: readonly string[];
  /** Variables in which it looks for keys: candidates, each granted by the user or not at all */
  readonly secrets: readonly string[];
}

/** How an agent gets into the packages volume. `none` is for what the image already has. */
export type AgentInstall =
  | {
      readonly kind: 'npm';
      readonly package: string;
      /** Version; `latest`; or `*`, the newest that runs on the Node of the image */
      readonly version: string;
      /** Further packages that it needs beside it, such as its runtime */
      readonly beside?: readonly string[];
    }
  | {
      /** A gzipped tar with the program in it, by its digest: what does not fit is not unpacked */
      readonly kind: 'archive';
      readonly version: string;
      readonly url: string;
      /** Lower-case hexadecimal */
      readonly sha256: string;
    }
  | { readonly kind: 'none' };

/** How an agent is told to work without asking. Both parts empty: it never asks. */
export interface Yolo {
  /** Words directly after its name */
  readonly words: readonly string[];
  /** Where the first argument is one of these subcommands: the words directly after that, instead */
  readonly below?: Readonly<Record<string, readonly string[]>>;
  /** Options with which the user decides himself, so that nothing is added: `-y`, `--mode` (also `--mode=x`) */
  readonly decided: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}
