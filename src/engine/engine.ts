import type { Readable, Writable } from 'node:stream';
import type { SignalName } from '../base/exit.ts';
import type { SandboxSpec } from '../sandbox/spec.ts';

/** How an engine is closed. */
export interface Closing {
  /** The process ends right after, and its connections with it */
  readonly isLeaving: boolean;
}

/**
 * What a container engine can do for `ct`, and all that the rest of `ct` knows of one.
 *
 * Life of a container: `create` → `init` (namespaces exist, PID 1 is parked) → `attach` → `start` →
 * output ends → `inspect` says exited → gone (`autoRemove`) or `remove`. Every call takes an optional
 * signal; a call without one has the backend's own deadline. Every failure is a `CtError`.
 */
export interface Engine {
  readonly name: 'podman' | 'containerd';
  /** Product, version and the facts that `ct doctor` and the plan need */
  info(): Promise<EngineInfo>;

  readonly images: EngineImages;
  readonly volumes: EngineVolumes;

  /**
   * Makes a container that does not run yet.
   *
   * Errors: not_found when the image is missing · already_exists when the name is taken ·
   * resource_exhausted when the disk is full · unsupported for a field it cannot express
   */
  create(spec: ContainerSpec, signal?: AbortSignal): Promise<CreatedContainer>;
  /**
   * Makes the namespaces and parks PID 1; the agent has not run yet. Resolves to its pid on the host where the engine
   * answers with it.
   */
  init(id: string, signal?: AbortSignal): Promise<number | undefined>;
  /** Lets PID 1 go. */
  start(id: string, signal?: AbortSignal): Promise<void>;
  /** Opens the streams of PID 1. Before `start`, or the first output is lost. */
  attach(id: string, options: AttachOptions): Promise<ProcessStreams>;
  /**
   * Says, between `init` and `start`, that nobody of this process will follow the container: what it writes
   * is read all the same, so that it never waits, and where the engine can, whoever attaches later sees the
   * end of it first.
   */
  leave(id: string): Promise<void>;
  /** Errors: not_found when the container is gone */
  inspect(id: string): Promise<ContainerState>;
  /**
   * Waits for the end of PID 1, also across the removal of the container.
   *
   * Slower than the end of the attached streams followed by `inspect`: the engine polls.
   * Errors: not_found when the container was already gone at the call
   */
  wait(id: string, signal?: AbortSignal): Promise<number>;
  /**
   * Exit status of a container that ended and was removed, from the engine's own records;
   * `undefined` when it has none. `sinceMs` is a time before its end, milliseconds since the epoch.
   */
  exitOf(id: string, sinceMs: number): Promise<number | undefined>;
  /**
   * What the container's monitor on this host notes of its end; `undefined` when there is none that could be read. Asked
   * for while PID 1, `pid`, runs.
   */
  exitNote(id: string, pid: number): ExitNote | undefined;
  /** Sends a signal to PID 1, which passes it on. No error when the container has ended. */
  signal(id: string, signal: SignalName): Promise<void>;
  resize(id: string, size: TerminalSize): Promise<void>;
  /** Starts a further process; one id is used for one run. */
  exec(id: string, spec: ExecSpec): Promise<ExecProcess>;
  /** Ends and removes; no error when it is already gone. */
  remove(id: string): Promise<void>;
  /** Containers that carry all of `labels` (key, or key=value), in every state. */
  list(labels: readonly string[]): Promise<readonly ContainerSummary[]>;
  /**
   * Ends open connections; the engine object is not used afterwards. A process that is leaving, whose connections end
   * with it, waits only for what has to come to its end.
   */
  close(options?: Closing): Promise<void>;
}

/** The exit status of PID 1 once it is noted; `undefined` before, and when the engine has more to tell of the end. */
export type ExitNote = () => number | undefined;

/** Image calls. References are fully qualified. */
export interface EngineImages {
  /** `undefined` when there is no such image */
  inspect(reference: string): Promise<ImageInfo | undefined>;
  /** Builds from a tar stream; resolves to the image id. Errors: the failing step in the message */
  build(build: ImageBuild, options: LongCall): Promise<string>;
  /** Makes an image of one layer from a root file system tar. */
  importRootfs(tar: Readable, reference: string, options: LongCall): Promise<string>;
  /** Loads an OCI or docker archive; resolves to the names in it. */
  load(archive: Readable, options: LongCall): Promise<readonly string[]>;
  /** Errors: unavailable when the registry cannot be reached, with its own words */
  pull(reference: string, options: LongCall): Promise<string>;
  tag(image: string, reference: string): Promise<void>;
  /** No error when it is already gone; images in use stay, with an error. */
  remove(reference: string): Promise<void>;
  list(labels: readonly string[]): Promise<readonly ImageInfo[]>;
  /**
   * Those of `paths` that are directories in an image and no links, found out without running it.
   * `labels` are for what has to be made on the way.
   */
  directoriesAmong(
    reference: string,
    paths: readonly string[],
    labels: Labels,
  ): Promise<readonly string[]>;
  /**
   * Pays the one-time cost that a user-namespace mapping has on this engine (Podman copies and
   * chowns the layers for the first keep-id container), so that no run pays it.
   */
  prepare(
    reference: string,
    userns: SandboxSpec['userns'],
    options: LongCall & { readonly labels: Labels },
  ): Promise<void>;
}

/** Named persistent directories owned by the user. */
export interface EngineVolumes {
  /** Makes it if missing; resolves to its directory on the host. */
  ensure(name: string, labels: Labels): Promise<VolumeInfo>;
  /** `undefined` when there is no such volume */
  inspect(name: string): Promise<VolumeInfo | undefined>;
  remove(name: string): Promise<void>;
}

/** Engine labels; ours start with `ct.`. */
export type Labels = Readonly<Record<string, string>>;

/** A call that may take minutes: progress lines go to `onProgress`, as the engine words them. */
export interface LongCall {
  readonly signal?: AbortSignal;
  readonly onProgress?: (line: string) => void;
}

/** Facts about the engine; `undefined` where it does not say. */
export interface EngineInfo {
  readonly product: string;
  readonly version: string;
  readonly apiVersion: string;
  readonly rootless: boolean;
  readonly storageDriver: string;
  readonly graphRoot: string;
  readonly runRoot: string;
  readonly ociRuntime: { readonly name: string; readonly path: string; readonly version: string };
  readonly cgroupVersion: string;
  readonly cgroupManager: string;
  /** Controllers delegated to this user; empty means that limits cannot be set */
  readonly cgroupControllers: readonly string[];
  /** User-mode network programs found */
  readonly networkHelpers: readonly string[];
  /** Where the engine was found, for people */
  readonly address: string;
}

/** A container to make: identity around a {@link SandboxSpec}. */
export interface ContainerSpec {
  readonly name: string;
  readonly labels: Labels;
  readonly sandbox: SandboxSpec;
  /** The engine removes it when PID 1 ends, whoever watches */
  readonly autoRemove: boolean;
}

/** What `create` gives back. */
export interface CreatedContainer {
  readonly id: string;
  /** The engine's own doubts (an ignored limit, for one): never to be swallowed */
  readonly warnings: readonly string[];
}

/** State words of the runtime spec plus the two that engines add. */
export type ContainerStatus =
  'created' | 'initialized' | 'running' | 'paused' | 'stopping' | 'exited' | 'removing' | 'unknown';

export interface ContainerState {
  readonly id: string;
  readonly name: string;
  readonly status: ContainerStatus;
  /** Host pid of PID 1; 0 when it does not run */
  readonly pid: number;
  /** Meaningful when `status` is `exited` */
  readonly exitCode: number;
  readonly oomKilled: boolean;
  readonly terminal: boolean;
  readonly labels: Labels;
  readonly imageId: string;
  /**
   * Host path of the configuration that the engine wrote for the runtime, in the form of the runtime spec;
   * `undefined` for an engine that hands ours on as it is
   */
  readonly runtimeConfig: string | undefined;
}

export interface ContainerSummary {
  readonly id: string;
  readonly name: string;
  readonly status: ContainerStatus;
  readonly pid: number;
  readonly labels: Labels;
  readonly image: string;
  /** Milliseconds since the epoch */
  readonly createdMs: number;
}

export interface AttachOptions {
  readonly stdin: boolean;
  /** A terminal's stream is raw: `stdout` carries everything and there is no `stderr` */
  readonly terminal: boolean;
  /**
   * The caller has just called `init`, so it cannot have ended. Without this the engine is asked first,
   * and attaching to what has ended fails with failed_precondition.
   */
  readonly fresh?: boolean;
}

/**
 * Streams of a process inside. Back-pressure is real: a slow reader of `stdout` blocks the writer
 * inside. Ending `stdin` closes it for the process and leaves output flowing. The end of `stdout`
 * is *not* the end of the process: ask `inspect`.
 */
export interface ProcessStreams {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable | undefined;
  /** Settles when both output streams have ended; rejects when the connection broke off. */
  readonly ended: Promise<void>;
  /** Drops the connection; the process goes on, but one without a terminal sees the end of its input. */
  close(): void;
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

export interface ExecSpec {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly user: { readonly uid: number; readonly gid: number };
  readonly terminal: boolean;
  readonly stdin: boolean;
  /** Initial size when `terminal` */
  readonly size?: TerminalSize;
}

export interface ExecProcess extends ProcessStreams {
  /** Host pid, from when the engine knows of the start; 0 when it has ended by then */
  pid(): Promise<number>;
  resize(size: TerminalSize): Promise<void>;
  /** Exit code once the streams have ended; bounded, never a guess. */
  wait(): Promise<number>;
  /**
   * What the engine said instead of starting the program, once the streams have ended; that is not in the output.
   * `undefined` when it ran, or the engine's words are not known.
   */
  neverRan(): string | undefined;
  /** Sends a signal to the process, see `signalProgram`; resolves to false when that cannot be done. */
  signal(signal: SignalName): Promise<boolean>;
}

export interface ImageInfo {
  readonly id: string;
  readonly references: readonly string[];
  readonly labels: Labels;
  /** `bytes` */
  readonly sizeBytes: number;
  readonly createdMs: number;
  /** NAME=value lines of the image's own configuration */
  readonly env: readonly string[];
  /** Of its manifest, where the engine hands them on to the runtime; a list of images has none */
  readonly annotations: Labels;
}

export interface VolumeInfo {
  readonly name: string;
  /** Directory on the host */
  readonly path: string;
  readonly labels: Labels;
}

export interface ImageBuild {
  /** Build context as a tar stream, the Containerfile in it */
  readonly context: Readable;
  readonly containerfile: string;
  readonly reference: string;
  readonly labels: Labels;
  readonly args: Readonly<Record<string, string>>;
}
