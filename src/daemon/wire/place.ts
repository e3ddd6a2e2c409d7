/** Socket of the user's service. */
export function daemonSocket(runtimeDir: string): string {
  return `${runtimeDir}/ct/daemon.sock`;
}

/** Who the service is, for when it does not answer. */
export function daemonRecord(runtimeDir: string): string {
  return `${runtimeDir}/ct/daemon.json`;
}

/** What lies there. */
export interface DaemonRecord {
  readonly pid: number;
  /** Its start time: the pid alone may be another process by now */
  readonly startTicks: string;
  /** Version of ct */
  readonly ct: string;
}

/** What the service says of itself. */
export interface DaemonStatus {
  readonly pid: number;
  /** Version of ct */
  readonly ct: string;
  /** When it began, milliseconds since the epoch */
  readonly sinceMs: number;
  /** Resident memory */
  readonly memoryBytes: number;
  /** Whether systemd started it */
  readonly bySystemd: boolean;
  /** What each of its parts has to say */
  readonly parts: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}
