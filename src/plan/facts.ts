/** What the host is, as far as a plan depends on it. Types only: `host/facts.ts` reads them. */
export interface Facts {
  readonly uid: number;
  readonly gid: number;
  /** This installation of ct: sessions of another one are never touched */
  readonly instance: string;
  /** The process that owns the session */
  readonly owner: Owner;
  /** The project directory, resolved */
  readonly projectDir: string;
  readonly homesDir: string;
  readonly imageReference: string;
  /** The host's certificate authorities, to be trusted inside too */
  readonly caBundle: string | undefined;
  readonly terminal: {
    readonly stdinIsTty: boolean;
    readonly stdoutIsTty: boolean;
  };
  /** TERM, COLORTERM, LANG, TZ and the like, as the host has them */
  readonly hostEnv: Readonly<Record<string, string | undefined>>;
  readonly sessionId: string;
  readonly ctVersion: string;
}

/**
 * A process that cannot be mistaken for another: a pid alone is reused.
 *
 * Source: proc_pid_stat(5) field 22 (start time, clock ticks since boot), random boot_id,
 * pid_namespaces(7)
 */
export interface Owner {
  readonly pid: number;
  readonly startTicks: string;
  readonly bootId: string;
  /** Inode of the pid namespace: a pid says nothing in another one */
  readonly pidNamespace: string;
}
