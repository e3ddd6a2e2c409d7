/** A running container as the host's kernel shows it: the facts that a plan is compared with. */
export interface ObservedSandbox {
  readonly status: ObservedStatus;
  /** Words of PID 1's command line */
  readonly args: readonly string[];
  /** NAME=value lines of PID 1 */
  readonly env: readonly string[];
  readonly uidMap: readonly IdMapRow[];
  readonly gidMap: readonly IdMapRow[];
  readonly mounts: readonly ObservedMount[];
  /** Limits of setrlimit(2) by the words of proc_pid_limits(5); Infinity is unlimited */
  readonly limits: ReadonlyMap<string, { readonly soft: number; readonly hard: number }>;
  /** Namespaces by kind, as `kind:[inode]` */
  readonly namespaces: Readonly<Record<string, string>>;
  /** Targets of PID 1's open files, by number */
  readonly files: ReadonlyMap<number, string>;
  /** Names of network interfaces */
  readonly interfaces: readonly string[];
  readonly controlGroup: ObservedControlGroup;
}

/** Source: proc_pid_status(5) */
export interface ObservedStatus {
  /** 0 off, 1 strict, 2 filter */
  readonly seccomp: number;
  readonly filters: number;
  readonly noNewPrivileges: boolean;
  /** Bits of each set: inheritable, permitted, effective, bounding, ambient */
  readonly capabilities: Readonly<Record<'Inh' | 'Prm' | 'Eff' | 'Bnd' | 'Amb', bigint>>;
  /** Real, effective, saved and file system id, as the host numbers them */
  readonly uids: readonly number[];
  readonly gids: readonly number[];
  /** Supplementary groups, numbered in the same way */
  readonly groups: readonly number[];
}

/** A row of a user namespace's map. Source: user_namespaces(7) */
export interface IdMapRow {
  readonly inside: number;
  readonly outside: number;
  readonly count: number;
}

/** A line of mountinfo. Source: proc_pid_mountinfo(5) */
export interface ObservedMount {
  readonly id: number;
  /** `major:minor` of the file system */
  readonly device: string;
  /** Which directory of the file system is mounted */
  readonly root: string;
  readonly target: string;
  readonly options: readonly string[];
  readonly type: string;
  readonly superOptions: readonly string[];
}

/** Limits in force, `undefined` for one that is not set or not there. */
export interface ObservedControlGroup {
  readonly memoryBytes: number | undefined;
  readonly cpus: number | undefined;
  readonly pids: number | undefined;
}

/** What of the host an observation is compared with. */
export interface ObservingHost {
  readonly uid: number;
  readonly gid: number;
  readonly namespaces: Readonly<Record<string, string>>;
  /** Where a bind mount's source lies: its file system and the directory in it */
  locate(source: string): { readonly device: string; readonly root: string } | undefined;
  /** Paths below /proc and /sys that this kernel has */
  exists(path: string): boolean;
}
