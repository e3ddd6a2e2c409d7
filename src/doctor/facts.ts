import type { CtError } from '../base/errors.ts';
import type { EngineInfo } from '../engine/engine.ts';

/** What the doctor's checks judge. `undefined` means that it could not be found out. */
export interface HostFacts {
  readonly account: { readonly uid: number; readonly name: string };
  readonly nodeVersion: string;
  /** What this start of Node had its own modules from; `nothing` compiles them anew each time, as Debian's does */
  readonly nodeStart: 'itself' | 'snapshot' | 'nothing';
  /** `uname -r` */
  readonly kernelRelease: string;
  readonly userns: UsernsFacts;
  readonly subids: SubidFacts;
  readonly cgroup: CgroupFacts;
  /** Whether the kernel has seccomp filters */
  readonly hasSeccomp: boolean | undefined;
  readonly devices: { readonly tun: DeviceState; readonly fuse: DeviceState };
  /** Full paths of programs that were found, by name */
  readonly programs: Readonly<Record<string, string>>;
  readonly podmanVersion: string | undefined;
  readonly runtimeDir: RuntimeDirFacts;
  readonly networkFs: NetworkFsFacts;
  readonly hasSystemd: boolean;
  readonly isLingering: boolean | undefined;
  readonly service: ServiceFacts;
  /** Swap areas that keep what is written to them in plain text */
  readonly plainSwap: readonly string[] | undefined;
  /** `bytes` free where images and homes are kept; the least of them */
  readonly freeBytes: number | undefined;
  readonly engine: EngineFacts;
}

/** Names of network file systems, for what is on one. */
export interface NetworkFsFacts {
  readonly home: string | undefined;
  /** Where the engine, if it was asked, stores containers */
  readonly containers: string | undefined;
}

/** ct's own service of the account. */
export interface ServiceFacts {
  readonly state: 'installed' | 'runs' | 'none';
  /** What its unit would start, and is not there */
  readonly missing: readonly string[];
}

/** Source: user_namespaces(7), Debian's and Ubuntu's own switches */
export interface UsernsFacts {
  /** /proc/sys/user/max_user_namespaces */
  readonly max: number | undefined;
  /** kernel.unprivileged_userns_clone; absent on most kernels */
  readonly cloneSwitch: number | undefined;
  /** kernel.apparmor_restrict_unprivileged_userns; absent on most kernels */
  readonly apparmorSwitch: number | undefined;
}

/** Source: subuid(5), newuidmap(1) */
export interface SubidFacts {
  /** Longest range in /etc/subuid, and in /etc/subgid */
  readonly uidCount: number;
  readonly gidCount: number;
  /** What root types to add what is missing; `undefined` when nothing is */
  readonly addCommand: string | undefined;
  /** Ids that a new user namespace really got, tried with unshare(1) */
  readonly mappedCount: number | undefined;
  /** Whether newuidmap and newgidmap may write maps: setuid or file capabilities */
  readonly arePrivileged: boolean | undefined;
}

/** Source: cgroups(7) */
export interface CgroupFacts {
  readonly layout: 'v2' | 'hybrid' | 'v1' | 'none';
  /** Controllers in this process's own cgroup (v2) */
  readonly controllers: readonly string[];
}

/** A device file, as this account sees it. */
export type DeviceState = 'usable' | 'forbidden' | 'missing';

/** The directory for sockets and secrets. */
export interface RuntimeDirFacts {
  /** XDG_RUNTIME_DIR */
  readonly variable: string | undefined;
  readonly state: 'own' | 'missing' | 'foreign' | 'open';
  readonly isInMemory: boolean | undefined;
}

/** What the engine itself says. */
export type EngineFacts =
  | { readonly state: 'asked'; readonly info: EngineInfo; readonly stock: Stock }
  | { readonly state: 'failed'; readonly error: CtError }
  | { readonly state: 'skipped'; readonly why: string };

/** What the engine holds already. */
export interface Stock {
  readonly images: readonly string[];
  readonly agents: readonly string[] | undefined;
}
