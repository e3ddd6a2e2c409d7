import type { SeccompUse } from './seccomp/use.ts';

/**
 * The isolation of one container, as a subset of the OCI runtime spec in our own words.
 *
 * Engines translate every field or refuse with `unsupported`; a field dropped in silence is a hole in
 * the wall. Nothing here may carry a secret: the engine writes it to its database.
 *
 * Source: opencontainers/runtime-spec config.md, config-linux.md
 */
export interface SandboxSpec {
  /** Image reference, fully qualified */
  readonly image: string;
  /** argv of PID 1 and what it starts */
  readonly args: readonly string[];
  /** The whole environment; nothing of the image or the engine is added */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly user: { readonly uid: number; readonly gid: number };
  readonly terminal: boolean;
  /** Keep stdin open for an attached client */
  readonly stdin: boolean;
  readonly hostname: string;
  readonly userns: UserNamespace;
  readonly network: NetworkAttachment;
  readonly mounts: readonly Mount[];
  /** Capabilities kept; everything else is dropped */
  readonly capabilities: readonly string[];
  readonly noNewPrivileges: boolean;
  readonly readOnlyRoot: boolean;
  /** Filter of system calls; `undefined` is none at all, which only the user can ask for */
  readonly seccomp: SeccompUse | undefined;
  readonly limits: Limits;
}

/**
 * What the processes inside may use together (the control group's part: `undefined` is no limit) and
 * each by itself.
 *
 * Source: opencontainers/runtime-spec config-linux.md "Control groups", config.md "POSIX process"
 */
export interface Limits {
  /** `bytes` of memory; there is no swap beside it */
  readonly memoryBytes: number | undefined;
  /** Processors, such as 1.5 */
  readonly cpus: number | undefined;
  /** Processes and threads */
  readonly pids: number | undefined;
  /** `bytes` of /dev/shm */
  readonly shmBytes: number;
  readonly process: readonly ProcessLimit[];
}

/** A resource limit of setrlimit(2), inherited by every process inside; soft and hard are equal. */
export interface ProcessLimit {
  readonly name: 'nofile' | 'nproc' | 'core';
  readonly value: number;
}

/** keep-id: the caller's uid and gid appear inside as these; root inside is a subordinate uid. */
export interface UserNamespace {
  readonly kind: 'keep-id';
  readonly uid: number;
  readonly gid: number;
}

/**
 * `none`: a network namespace with loopback only. `uplink`: a user-mode network (pasta or slirp4netns)
 * without host loopback. `host`: the host's own, for image and agent installation only.
 */
export type NetworkAttachment = { readonly kind: 'none' | 'host' };

/** A file system visible inside. Paths are absolute and resolved before they come here. */
export type Mount =
  | {
      readonly kind: 'bind';
      readonly source: string;
      readonly target: string;
      readonly readOnly: boolean;
      /** Give the source a label that containers share (SELinux `z`) */
      readonly relabel?: boolean;
    }
  | {
      readonly kind: 'tmpfs';
      readonly target: string;
      /** `bytes` */
      readonly sizeBytes: number;
      /** Permission bits, such as 0o1777 */
      readonly modeOctal: number;
      readonly exec: boolean;
    }
  | {
      readonly kind: 'volume';
      readonly name: string;
      readonly target: string;
      readonly readOnly: boolean;
    };
