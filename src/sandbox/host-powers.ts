/** What this host lets an ordinary account enforce. Types only: `host/powers.ts` measures. */
export interface HostPowers {
  /** The kernel filters system calls */
  readonly seccomp: boolean;
  /** Ids that a session's user namespace can have: one's own and the subordinate ones; 0 without any */
  readonly mappableIds: number;
  /** Controllers of control groups that are delegated to this account: `memory`, `cpu`, `pids` */
  readonly controllers: readonly string[];
  /** `bytes` */
  readonly memoryBytes: number;
  readonly processors: number;
  /** The most open files that a process of this account may allow another one */
  readonly openFiles: number;
}
