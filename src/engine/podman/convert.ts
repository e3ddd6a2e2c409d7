import type {
  ContainerState,
  ContainerStatus,
  ContainerSummary,
  EngineInfo,
  ImageInfo,
  Labels,
  VolumeInfo,
} from '../engine.ts';

/** Parts of libpod's answers that ct reads. Every field may be missing in some version. */
export interface LibpodContainer {
  readonly Id?: string;
  readonly Name?: string;
  readonly Image?: string;
  /** Once it is initialised */
  readonly OCIConfigPath?: string;
  readonly State?: {
    readonly Status?: string;
    readonly Pid?: number;
    readonly ExitCode?: number;
    readonly OOMKilled?: boolean;
  };
  readonly Config?: { readonly Tty?: boolean; readonly Labels?: Labels | null };
}

/** A row of `/containers/json`. */
export interface LibpodListed {
  readonly Id?: string;
  readonly Names?: readonly string[] | null;
  readonly State?: string;
  readonly Pid?: number;
  readonly Labels?: Labels | null;
  readonly Image?: string;
  readonly Created?: string | number;
}

/** An image, inspected. */
export interface LibpodImage {
  readonly Id?: string;
  readonly RepoTags?: readonly string[] | null;
  readonly Labels?: Labels | null;
  readonly Size?: number;
  /** A date when inspected, seconds in a list */
  readonly Created?: string | number;
  readonly Config?: { readonly Env?: readonly string[] | null } | null;
  readonly Annotations?: Labels | null;
}

/** A volume. */
export interface LibpodVolume {
  readonly Name?: string;
  readonly Mountpoint?: string;
  readonly Labels?: Labels | null;
}

/** `/info`. */
export interface LibpodInfo {
  readonly host?: {
    readonly cgroupVersion?: string;
    readonly cgroupManager?: string;
    readonly cgroupControllers?: readonly string[] | null;
    readonly ociRuntime?: {
      readonly name?: string;
      readonly path?: string;
      readonly version?: string;
    };
    readonly security?: { readonly rootless?: boolean };
    readonly slirp4netns?: { readonly executable?: string };
    readonly pasta?: { readonly executable?: string };
  };
  readonly store?: {
    readonly graphDriverName?: string;
    readonly graphRoot?: string;
    readonly runRoot?: string;
  };
  readonly version?: { readonly Version?: string; readonly APIVersion?: string };
}

/** libpod's state words. `stopped` is an end that its clean-up has not yet seen. */
const STATUS: Readonly<Record<string, ContainerStatus>> = {
  configured: 'created',
  created: 'created',
  initialized: 'initialized',
  running: 'running',
  paused: 'paused',
  stopping: 'stopping',
  stopped: 'exited',
  exited: 'exited',
  removing: 'removing',
};

/** State of one container. */
export function stateFromLibpod(container: LibpodContainer): ContainerState {
  const { State: state = {}, Config: config = {} } = container;
  return {
    id: container.Id ?? '',
    name: container.Name ?? '',
    status: statusFromLibpod(state.Status),
    pid: state.Pid ?? 0,
    exitCode: state.ExitCode ?? 0,
    oomKilled: state.OOMKilled ?? false,
    terminal: config.Tty ?? false,
    labels: config.Labels ?? {},
    imageId: container.Image ?? '',
    runtimeConfig: container.OCIConfigPath ?? '',
  };
}

/** A row of a list. */
export function summaryFromLibpod(row: LibpodListed): ContainerSummary {
  return {
    id: row.Id ?? '',
    name: row.Names?.[0] ?? '',
    status: statusFromLibpod(row.State),
    pid: row.Pid ?? 0,
    labels: row.Labels ?? {},
    image: row.Image ?? '',
    createdMs: timeFromLibpod(row.Created),
  };
}

/** An image, inspected or listed (a list has no environment and no annotations). */
export function imageFromLibpod(image: LibpodImage): ImageInfo {
  return {
    id: image.Id ?? '',
    references: image.RepoTags ?? [],
    labels: image.Labels ?? {},
    sizeBytes: image.Size ?? 0,
    createdMs: timeFromLibpod(image.Created),
    env: image.Config?.Env ?? [],
    annotations: image.Annotations ?? {},
  };
}

/** A volume. */
export function volumeFromLibpod(volume: LibpodVolume): VolumeInfo {
  return {
    name: volume.Name ?? '',
    path: volume.Mountpoint ?? '',
    labels: volume.Labels ?? {},
  };
}

/** What the engine says of itself and its host. */
export function infoFromLibpod(info: LibpodInfo, address: string): EngineInfo {
  const { host = {}, store = {}, version = {} } = info;
  const runtime = host.ociRuntime ?? {};
  return {
    product: 'podman',
    version: version.Version ?? '',
    apiVersion: version.APIVersion ?? '',
    rootless: host.security?.rootless ?? false,
    storageDriver: store.graphDriverName ?? '',
    graphRoot: store.graphRoot ?? '',
    runRoot: store.runRoot ?? '',
    ociRuntime: {
      name: runtime.name ?? '',
      path: runtime.path ?? '',
      version: runtime.version?.split('\n')[0] ?? '',
    },
    cgroupVersion: host.cgroupVersion ?? '',
    cgroupManager: host.cgroupManager ?? '',
    cgroupControllers: host.cgroupControllers ?? [],
    networkHelpers: [host.pasta?.executable, host.slirp4netns?.executable].filter(
      (path): path is string => path !== undefined && path !== '',
    ),
    address,
  };
}

function statusFromLibpod(word: string | undefined): ContainerStatus {
  return STATUS[word ?? ''] ?? 'unknown';
}

function timeFromLibpod(time: string | number | undefined): number {
  if (typeof time === 'number') return time * 1000;
  const parsed = Date.parse(time ?? '');
  return Number.isNaN(parsed) ? 0 : parsed;
}
